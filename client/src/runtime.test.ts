import { describe, expect, it } from "vitest";
import { platformRuntime } from "./runtime.ts";

describe("platformRuntime", () => {
  it("wakes up", async () => {
    await expect(platformRuntime.sleep(0, new AbortController().signal)).resolves.toBeUndefined();
  });

  it("leaves no listener behind", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    await platformRuntime.sleep(0, signal);
    expect(listeners).toBe(0);
  });

  it("is woken by its signal, with the reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const sleeping = platformRuntime.sleep(3_600_000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });

  it("does not fall asleep under an aborted signal", async () => {
    const reason = new Error("enough");
    await expect(platformRuntime.sleep(3_600_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it("gives ids of 128 random bits", () => {
    const ids = Array.from({ length: 100 }, () => platformRuntime.newId());
    expect(new Set(ids).size).toBe(100);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });
});
