import type { Method, Table } from "../src/protobuf/schema.ts";

/**
 * What the suite's runner and a client under test tell each other, as far as this client needs it: the rest is skipped by the codec.
 *
 * @see https://github.com/connectrpc/conformance/blob/main/proto/connectrpc/conformance/v1/client_compat.proto
 */
export interface CompatRequest {
  readonly testName: string;
  readonly host: string;
  readonly port: number;
  readonly messageReceiveLimit: number;
  readonly method: string;
  readonly requestHeaders: Header[];
  readonly requestMessages: Packed[];
  readonly timeoutMs?: number;
  readonly requestDelayMs: number;
  readonly cancel?: { readonly afterCloseSendMs: number };
}

/** A header with all its values. */
export interface Header {
  readonly name: string;
  readonly value: string[];
}

/** `google.protobuf.Any`. */
export interface Packed {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** What became of a call. */
export interface CompatResult {
  readonly responseHeaders: Header[];
  /** `ConformancePayload`: the suite reads what is in it. */
  readonly payloads: Uint8Array[];
  readonly error?: CompatError;
  readonly responseTrailers: Header[];
}

/** A status of gRPC. */
export interface CompatError {
  readonly code: number;
  readonly message?: string;
  readonly details: Packed[];
}

/** The answer to a {@link CompatRequest}. */
export interface CompatResponse {
  readonly testName: string;
  readonly response?: CompatResult;
  /** Why there was no call to begin with. */
  readonly error?: { readonly message: string };
}

const header: Table<Header> = [
  [1, "name"],
  [2, "value", "string", "[]"],
];
const packed: Table<Packed> = [
  [1, "typeUrl"],
  [2, "value", "bytes"],
];
const cancel: Table<{ readonly afterCloseSendMs: number }> = [[2, "afterCloseSendMs", "int32"]];
const compatError: Table<CompatError> = [
  [1, "code", "int32"],
  [2, "message", "string", "?"],
  [3, "details", packed, "[]"],
];
const compatResult: Table<CompatResult> = [
  [1, "responseHeaders", header, "[]"],
  [2, "payloads", "bytes", "[]"],
  [3, "error", compatError, "?"],
  [4, "responseTrailers", header, "[]"],
];
const failure: Table<{ readonly message: string }> = [[1, "message"]];

/** {@link CompatRequest} */
export const compatRequest: Table<CompatRequest> = [
  [1, "testName"],
  [6, "host"],
  [7, "port", "int32"],
  [10, "messageReceiveLimit", "int32"],
  [12, "method"],
  [15, "requestHeaders", header, "[]"],
  [16, "requestMessages", packed, "[]"],
  [17, "timeoutMs", "int32", "?"],
  [18, "requestDelayMs", "int32"],
  [19, "cancel", cancel, "?"],
];

/** {@link CompatResponse} */
export const compatResponse: Table<CompatResponse> = [
  [1, "testName"],
  [2, "response", compatResult, "?"],
  [3, "error", failure, "?"],
];

/** `google.rpc.Status`, as `grpc-status-details-bin` holds it. */
export const rpcStatus: Table<CompatError> = compatError;

/** What every unary request of the suite holds: what the server is to do, and data for it. */
export interface UnaryRequest {
  readonly responseDefinition?: Uint8Array;
  readonly requestData: Uint8Array;
}

/** What every unary answer of the suite holds. */
export interface UnaryResponse {
  readonly payload?: Uint8Array;
}

/** The table of {@link UnaryRequest}. What is inside is for the server: bytes. */
export const unaryRequest: Table<UnaryRequest> = [
  [1, "responseDefinition", "bytes", "?"],
  [2, "requestData", "bytes"],
];
const unaryResponse: Table<UnaryResponse> = [[1, "payload", "bytes", "?"]];

/** A unary method of the suite's service. */
export function unaryMethod(name: string): Method<UnaryRequest, UnaryResponse> {
  return { service: "connectrpc.conformance.v1.ConformanceService", name, input: unaryRequest, output: unaryResponse };
}
