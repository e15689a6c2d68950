import { describe, expect, it, vi } from "vitest";
import { callOf, shortQuery } from "../test/phase-facts.ts";
import { createLedger } from "./ledger.ts";

const timer = { milliseconds: 1000, setBy: "sleep" };
const nothing = { tab: 3, outcomes: [], events: [], longTimers: [], texts: [] };

describe("createLedger()", () => {
  it("takes down what is told, events with their tab, until it is cleared", () => {
    const ledger = createLedger("marked");
    ledger.call(callOf(1, "clear"));
    ledger.told({ ...nothing, outcomes: [shortQuery], events: [{ type: "announced", at: 1 }], longTimers: [timer] });
    const { calls, outcomes, events, longTimers } = ledger;
    expect([calls.length, outcomes, events, longTimers]).toEqual([
      1,
      [shortQuery],
      [{ type: "announced", at: 1, tab: 3 }],
      [timer],
    ]);
    ledger.clear();
    expect([ledger.calls, ledger.outcomes, ledger.events, ledger.longTimers]).toEqual([[], [], [], []]);
  });

  it("finds the mark and the ids in texts, however they are written", () => {
    const ledger = createLedger("marked");
    const id = "0199AA00-1111-4222-8333-444455556666";
    ledger.told({
      ...nothing,
      texts: [
        ["log", "all is well"],
        ["span", "user-marked-3 was here"],
        ["error", `session=${id};`],
      ],
    });
    ledger.text("stored", `{"s":"${id.replaceAll("-", "").toLowerCase()}"}`);
    expect(ledger.textsScanned).toEqual({ log: 1, span: 1, error: 1, stored: 1 });
    expect(ledger.leaks).toEqual(["span: user-marked-3 was here"]);
    expect([...ledger.ids]).toEqual(["0199aa00111142228333444455556666"]);
  });

  it("lets wait for a condition, which it asks whenever something is told", async () => {
    const ledger = createLedger("marked");
    const waiting = ledger.until("two calls", () => ledger.calls.length === 2);
    let isOver = false;
    void waiting.then(() => {
      isOver = true;
    });
    ledger.call(callOf(1, "clear"));
    await Promise.resolve();
    expect(isOver).toBe(false);
    ledger.call(callOf(2, "clear"));
    await waiting;
    await ledger.until("it holds already", () => true);
  });

  it("gives up a wait that is in vain, and says what it was for", async () => {
    vi.useFakeTimers();
    const waiting = createLedger("marked").until("the impossible", () => false);
    vi.advanceTimersByTime(60_000);
    await expect(waiting).rejects.toThrow("waited 60 s in vain: the impossible");
    vi.useRealTimers();
  });
});
