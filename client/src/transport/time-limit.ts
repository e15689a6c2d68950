import type { Send } from "./call.ts";
import { onAbort } from "./cancellation.ts";
import * as grpcCode from "./grpc-code.ts";
import { GrpcError } from "./grpc-status.ts";

/** The gateway waits so much longer than the caller: of two clocks that end together, the caller's own has to speak first. */
const graceMs = 1000;

/**
 * Ends a call with its signal, by that signal's reason, or when its time is over, by `deadlineExceeded`: at once, whatever the
 * call waits for, be it a `fetch` that heeds no signal. The gateway is told a second more. Leaves neither timer nor listener behind.
 */
export function withTimeLimit(send: Send): Send {
  return async (call) => {
    const { signal, timeoutMs } = call;
    signal.throwIfAborted();
    const limit = new AbortController();
    const ended = Promise.withResolvers<never>();
    const end = (reason: unknown) => {
      // First, so that nothing which the abort brings about is heard before it.
      ended.reject(reason);
      limit.abort(reason);
    };
    const onTimeout = () => end(new GrpcError(grpcCode.deadlineExceeded, "the call took too long"));
    const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
    const leaveOff = onAbort(signal, () => end(signal.reason));
    try {
      const told = timeoutMs === undefined ? undefined : timeoutMs + graceMs;
      return await Promise.race([ended.promise, send({ ...call, signal: limit.signal, timeoutMs: told })]);
    } finally {
      clearTimeout(timer);
      leaveOff();
    }
  };
}
