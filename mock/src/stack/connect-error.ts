import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { SqlError } from "../engine/engine.ts";

/** What a caller gets for an error: an SQL error with the engine's own text, anything unforeseen as INTERNAL. */
export function toConnectError(reason: unknown): ConnectError {
  if (reason instanceof ConnectError) return reason;
  if (reason instanceof SqlError) return new ConnectError(reason.message, Code.InvalidArgument);
  const message = reason instanceof Error ? reason.message : String(reason);
  return new ConnectError(`The mock failed: ${message}`, Code.Internal);
}

/** Turns whatever a handler throws into an error for the caller. */
export const errorInterceptor: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch (reason) {
    throw toConnectError(reason);
  }
};

/** The session is unknown, has run out, or does not fit. */
export function accessDenied(): ConnectError {
  return new ConnectError("Access denied", Code.Internal);
}
