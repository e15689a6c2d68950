import { E6Error } from "./error.ts";

/** The error for a value of the caller's that cannot be taken. `message` says which it is and never what it holds: that may be a secret. */
export function invalidParameter(message: string, hint?: string): E6Error {
  return new E6Error("INVALID_PARAMETER", message, hint === undefined ? {} : { hint });
}
