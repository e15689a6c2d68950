export { E6Error, type E6ErrorDetails, isE6Error } from "./error.ts";
export { type E6ErrorCode, errorCodes } from "./error-code.ts";
export type { Strategy } from "./headers.ts";
