import { describe, expect, it } from "vitest";
import { platformRuntime } from "../runtime.ts";
import { waitFor } from "./cancellation.ts";

/** A signal that counts the listeners it has. */
function createCountingSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const count = { listeners: 0 };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    count.listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    count.listeners--;
    remove(...args);
  };
  return { controller, signal, count };
}

describe("waitFor()", () => {
  it("answers what the work answers and leaves no listener behind", async () => {
    const { signal, count } = createCountingSignal();
    expect(await waitFor(Promise.resolve(1), signal)).toBe(1);
    expect(count.listeners).toBe(0);
  });

  it("fails as the work fails and leaves no listener behind", async () => {
    const { signal, count } = createCountingSignal();
    const failure = new Error("failed");
    await expect(waitFor(Promise.reject(failure), signal)).rejects.toBe(failure);
    expect(count.listeners).toBe(0);
  });

  it("ends the wait, not the work, when the signal aborts", async () => {
    const { controller, signal } = createCountingSignal();
    const { promise, resolve } = Promise.withResolvers<string>();
    const waiting = waitFor(promise, signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
    resolve("done");
    expect(await promise).toBe("done");
  });

  it("reports an abort as one when the work fails by the same signal first", async () => {
    const controller = new AbortController();
    const work = platformRuntime.sleep(3_600_000, controller.signal);
    const waiting = waitFor(work, controller.signal);
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toMatchObject({ code: "CANCELLED", cause: { message: "enough" } });
  });

  it("takes care of work that fails after the wait has ended", async () => {
    await expect(waitFor(Promise.reject(new Error("late")), AbortSignal.abort())).rejects.toMatchObject({
      code: "CANCELLED",
    });
  });
});
