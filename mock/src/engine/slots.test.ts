import { describe, expect, it } from "vitest";
import { Slots } from "./slots.ts";

const never = new AbortController().signal;

describe("Slots", () => {
  it("lets in as many as there are slots, the others in their order", async () => {
    const slots = new Slots(2);
    const entered: string[] = [];
    const enter = async (name: string): Promise<void> => {
      await slots.take(never);
      entered.push(name);
    };
    const all = Promise.all(["a", "b", "c", "d"].map(enter));
    await Promise.resolve();
    await Promise.resolve();
    expect(entered).toEqual(["a", "b"]);
    slots.release();
    slots.release();
    await all;
    expect(entered).toEqual(["a", "b", "c", "d"]);
  });

  it("gives no slot to who was aborted, before or while waiting", async () => {
    const slots = new Slots(1);
    expect(await slots.take(AbortSignal.abort())).toBe(false);
    expect(await slots.take(never)).toBe(true);
    const abort = new AbortController();
    const waiting = slots.take(abort.signal);
    const behind = slots.take(never);
    abort.abort();
    expect(await waiting).toBe(false);
    slots.release();
    expect(await behind).toBe(true);
  });

  it("ignores an abort that comes after the slot was given", async () => {
    const slots = new Slots(1);
    const abort = new AbortController();
    await slots.take(never);
    const second = slots.take(abort.signal);
    const third = slots.take(never);
    slots.release();
    expect(await second).toBe(true);
    abort.abort();
    slots.release();
    expect(await third).toBe(true);
  });
});
