import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { callOf } from "../../test/router-fetch.ts";
import { healthCheck } from "../gen/e6x_engine_tables.ts";
import type { Call, Send } from "./call.ts";
import * as grpcCode from "./grpc-code.ts";
import { GrpcError } from "./grpc-status.ts";
import { withTimeLimit } from "./time-limit.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A call that nobody answers, and the signals by which it was told to end. */
function neverAnswered(more: Partial<Call<object, object>>) {
  const signals: AbortSignal[] = [];
  const send: Send = ({ signal }) => {
    signals.push(signal);
    return new Promise(() => undefined);
  };
  const answer = withTimeLimit(send)(callOf(healthCheck, {}, more));
  return { signals, answer };
}

describe("withTimeLimit()", () => {
  it("gives up when the time is over, not before", async () => {
    const { signals, answer } = neverAnswered({ timeoutMs: 1000 });
    const ended = expect(answer).rejects.toMatchObject({ name: "GrpcError", code: grpcCode.deadlineExceeded });
    vi.advanceTimersByTime(999);
    expect(signals[0]?.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    await ended;
    expect(signals[0]?.reason).toBeInstanceOf(GrpcError);
  });

  it.each([
    [1000, 2000],
    [undefined, undefined],
  ])("lets the gateway wait longer than the caller, who waits for %s ms", async (timeoutMs, told) => {
    const times: unknown[] = [];
    const send: Send = (call) => {
      times.push(call.timeoutMs);
      return Promise.reject(new Error("answered"));
    };
    await expect(withTimeLimit(send)(callOf(healthCheck, {}, { timeoutMs }))).rejects.toThrow("answered");
    expect(times).toEqual([told]);
  });

  it.each([undefined, 1000])("ends by the caller's own reason, with a limit of %s", async (timeoutMs) => {
    const caller = new AbortController();
    const { signals, answer } = neverAnswered({ signal: caller.signal, timeoutMs });
    const reason = new Error("navigated away");
    caller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect(signals[0]?.reason).toBe(reason);
  });

  it("sends nothing when the caller has left already", async () => {
    const reason = new Error("navigated away");
    const { signals, answer } = neverAnswered({ signal: AbortSignal.abort(reason) });
    await expect(answer).rejects.toBe(reason);
    expect(signals).toEqual([]);
  });

  it("keeps no timer and no listener once the call has been answered", async () => {
    const caller = new AbortController();
    const added = vi.spyOn(caller.signal, "addEventListener");
    const removed = vi.spyOn(caller.signal, "removeEventListener");
    const failing: Send = () => Promise.reject(new Error("refused"));
    const answer = withTimeLimit(failing)(callOf(healthCheck, {}, { signal: caller.signal, timeoutMs: 1000 }));
    await expect(answer).rejects.toThrow("refused");
    expect(vi.getTimerCount()).toBe(0);
    expect(added).toHaveBeenCalledOnce();
    // By these two a listener is known to its target.
    const [type, listener] = added.mock.calls[0] ?? [];
    expect(removed.mock.calls).toEqual([[type, listener]]);
  });
});
