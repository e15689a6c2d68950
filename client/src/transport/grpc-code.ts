/**
 * The codes of gRPC for a call that failed, each a constant of its own, so that a bundle holds no names of them. Import them as
 * `grpcCode`.
 *
 * @see https://grpc.io/docs/guides/status-codes/
 * @module
 */
export const canceled = 1;
export const unknown = 2;
export const invalidArgument = 3;
export const deadlineExceeded = 4;
export const notFound = 5;
export const alreadyExists = 6;
export const permissionDenied = 7;
export const resourceExhausted = 8;
export const failedPrecondition = 9;
export const aborted = 10;
export const outOfRange = 11;
export const unimplemented = 12;
export const internal = 13;
export const unavailable = 14;
export const dataLoss = 15;
export const unauthenticated = 16;
