import { describe, expect, it } from "vitest";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { settle } from "../../test/settle.ts";
import { E6Error, type E6ErrorDetails } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import type { Strategy } from "../headers.ts";
import { unknownStrategy } from "../strategy/strategy-state.ts";
import { createMemoryStore } from "../strategy/strategy-store.ts";
import type { DeploymentStep } from "./deployment-event.ts";
import { Detection } from "./detection.ts";
import { Sessions } from "./sessions.ts";
import { StackSession } from "./stack-session.ts";

/** A detection over stacks that refuse by `code`, until one is told to accept. */
function openDetection(code: E6ErrorCode = "STRATEGY_MISMATCH", details: E6ErrorDetails = {}) {
  const runtime = createManualRuntime();
  const store = createMemoryStore(unknownStrategy("l", "e0"));
  const closing = new AbortController();
  const asked: Strategy[] = [];
  const told: DeploymentStep[] = [];
  const state: { accepting: Strategy | undefined } = { accepting: undefined };
  const signIn = async ({ strategy }: { strategy: Strategy }) => {
    asked.push(strategy);
    if (strategy === state.accepting) return new StackSession(strategy, "s");
    throw new E6Error(code, code, { strategy, ...details });
  };
  const sessions = new Sessions(signIn, store, closing.signal);
  const detection = new Detection(sessions, store, runtime, closing.signal, (step) => void told.push(step));
  /** Waits for so long, and says how that ended once it has. */
  const wait = (budgetMs: number, signal?: AbortSignal) => {
    const waiter = { outcome: "waits" };
    detection.run(undefined, budgetMs, signal).then(
      () => Object.assign(waiter, { outcome: "found" }),
      (error: E6Error) => Object.assign(waiter, { outcome: error.code }),
    );
    return waiter;
  };
  const pass = async (milliseconds: number) => {
    for (let step = 0; step < milliseconds; step += 100) {
      runtime.advance(100);
      await settle();
    }
  };
  return { runtime, store, closing, asked, told, state, detection, wait, pass };
}

describe("Detection and those who wait for it", () => {
  it("lets each wait as long as its own budget says, and goes on for those who have more", async () => {
    const { state, asked, told, wait, pass } = openDetection();
    const [short, long] = [wait(700), wait(60_000)];
    await settle();
    expect([short.outcome, asked.length]).toEqual(["waits", 2]);
    await pass(200);
    // Another round would begin after 600 ms, and the next after 1400.
    expect([short.outcome, asked.length]).toEqual(["waits", 4]);
    await pass(400);
    expect([short.outcome, long.outcome, asked.length]).toEqual(["NO_ACTIVE_STACK", "waits", 6]);
    state.accepting = "green";
    await pass(800);
    expect([long.outcome, asked.length]).toEqual(["found", 8]);
    expect(told).toEqual([{ type: "detected", stack: "green", code: undefined, tookMs: 1_400 }]);
  });

  it("goes on for those who come later", async () => {
    const { state, wait, pass, runtime } = openDetection();
    const early = wait(700);
    await settle();
    await pass(200);
    const late = wait(10_000);
    await pass(400);
    expect([early.outcome, late.outcome]).toEqual(["NO_ACTIVE_STACK", "waits"]);
    state.accepting = "blue";
    await pass(800);
    expect([late.outcome, runtime.sleeping]).toEqual(["found", []]);
  });

  it("makes one round for those who have no time", async () => {
    const { asked, told, wait, runtime } = openDetection();
    const waiter = wait(0);
    await settle();
    expect([waiter.outcome, asked.length, runtime.sleeping]).toEqual(["NO_ACTIVE_STACK", 2, []]);
    expect(told).toMatchObject([{ type: "detected", stack: undefined, code: "NO_ACTIVE_STACK" }]);
  });

  it("ends when nobody waits any more, and leaves no timer", async () => {
    const { asked, told, wait, pass, runtime } = openDetection();
    const [one, two] = [new AbortController(), new AbortController()];
    const waiters = [wait(60_000, one.signal), wait(60_000, two.signal)];
    await settle();
    one.abort();
    await settle();
    expect([waiters.map(({ outcome }) => outcome), runtime.sleeping]).toEqual([["CANCELLED", "waits"], [200]]);
    two.abort();
    await settle();
    expect([runtime.sleeping, asked.length]).toEqual([[], 2]);
    await pass(1_000);
    expect([asked.length, told]).toEqual([2, []]);
    // The next one begins anew.
    const next = wait(0);
    await settle();
    expect([next.outcome, asked.length]).toEqual(["NO_ACTIVE_STACK", 4]);
  });

  it("ends with the connection", async () => {
    const { closing, wait, runtime } = openDetection();
    const waiter = wait(60_000);
    await settle();
    closing.abort(new E6Error("CLOSED", "closed"));
    await settle();
    expect([waiter.outcome, runtime.sleeping]).toEqual(["CLOSED", []]);
  });

  it("lets those go who have what they need, and asks on for the others", async () => {
    const { state, store, wait, pass, detection, asked } = openDetection();
    let isKnown = false;
    detection.confirm(() => isKnown);
    const waiter = wait(60_000);
    await settle();
    isKnown = true;
    state.accepting = "blue";
    await pass(200);
    expect([waiter.outcome, store.read().active, asked.length]).toEqual(["found", "blue", 3]);
  });

  it("makes three rounds where no gateway was ever heard of, for then most likely none is there", async () => {
    for (const [code, details, rounds] of [
      ["NETWORK", {}, 3],
      ["GATEWAY", {}, 3],
      ["STRATEGY_MISMATCH", {}, 5],
      ["GATEWAY", { reason: "NO_HEALTHY_UPSTREAM", retryable: true }, 5],
    ] as const) {
      const { asked, wait, pass } = openDetection(code, details);
      wait(60_000);
      await pass(3_400);
      // A lost call is made a second time.
      expect(asked.length / (code === "NETWORK" ? 4 : 2)).toBe(rounds);
    }
  });

  it("goes on where one was heard of", async () => {
    const { store, asked, wait, pass } = openDetection("NETWORK");
    store.dispatch({ type: "accepted", stack: "blue", epoch: "e0", nextEpoch: "e1", at: 1 });
    wait(60_000);
    await pass(3_400);
    expect(asked.length / 4).toBe(5);
  });
});
