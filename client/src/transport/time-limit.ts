import { GrpcError, grpcCode } from "./grpc-status.ts";

/**
 * Runs work that ends with the caller's signal or after `timeoutMs`: it gets one signal for both. Rejects with the signal's
 * reason, or with `deadlineExceeded`. Leaves neither timer nor listener behind.
 */
export async function withTimeLimit<T>(
  signal: AbortSignal,
  timeoutMs: number | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (timeoutMs === undefined) {
    return await work(signal);
  }
  const ended = new AbortController();
  const forward = () => ended.abort(signal.reason);
  const timer = setTimeout(() => {
    ended.abort(new GrpcError(grpcCode.deadlineExceeded, "the operation timed out"));
  }, timeoutMs);
  signal.addEventListener("abort", forward);
  try {
    signal.throwIfAborted();
    return await work(ended.signal);
  } catch (error) {
    // fetch may hide why it was ended.
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", forward);
  }
}
