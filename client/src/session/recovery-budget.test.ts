import { describe, expect, it } from "vitest";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { accepted, onBlue } from "../../test/strategy-events.ts";
import { unknownStrategy } from "../strategy/strategy-state.ts";
import { createMemoryStore } from "../strategy/strategy-store.ts";
import { RecoveryBudget } from "./recovery-budget.ts";

function createBudget(limitMs = 60_000, state = onBlue) {
  const runtime = createManualRuntime();
  const store = createMemoryStore(state);
  let epochs = 0;
  const flip = () => {
    const { active, epoch } = store.read();
    const stack = active === "blue" ? "green" : "blue";
    store.dispatch({ ...accepted(stack), epoch, nextEpoch: `next-${++epochs}` });
  };
  const budget = new RecoveryBudget(store, runtime, limitMs);
  /** How many failures may be followed by another try. */
  const tries = () => {
    let n = 0;
    while (n < 100 && budget.fail()) n++;
    return n;
  };
  /** How many restarts are allowed. */
  const restarts = () => {
    let n = 0;
    for (; n < 100 && budget.allowsRestart; n++) budget.restart();
    return n;
  };
  return { runtime, flip, budget, tries, restarts };
}

describe("RecoveryBudget", () => {
  it("allows five tries and three restarts", () => {
    const { tries, restarts } = createBudget();
    // The fifth failure is that of the fifth try.
    expect([tries(), restarts()]).toEqual([4, 3]);
  });

  it("allows two tries and a restart more for each change of the active stack that it meets", () => {
    const { budget, flip, tries, restarts } = createBudget();
    flip();
    budget.fail();
    flip();
    expect([1 + tries(), restarts()]).toEqual([4 + 2 * 2, 3 + 2]);
  });

  it("takes it for no change to find out what was not known", () => {
    const { flip, tries } = createBudget(60_000, unknownStrategy("l", "e0"));
    flip();
    expect(tries()).toBe(4);
  });

  it("gets its tries back, and no restart, when rows have come", () => {
    const { budget, tries, restarts } = createBudget();
    tries();
    restarts();
    budget.renew();
    expect([tries(), restarts()]).toEqual([4, 0]);
  });

  it("counts time from a failure until work goes on", () => {
    const { runtime, budget } = createBudget();
    runtime.advance(1_000_000);
    expect(budget.leftMs).toBe(60_000);
    budget.fail();
    runtime.advance(10_000);
    const sentAt = runtime.now();
    // A good answer may take its time.
    runtime.advance(500_000);
    budget.stop(sentAt);
    expect(budget.leftMs).toBe(50_000);
    budget.fail();
    runtime.advance(50_001);
    expect([budget.leftMs, budget.fail()]).toEqual([-1, false]);
  });

  it("does not go back in time by a good answer to what was asked before the failure", () => {
    const { runtime, budget } = createBudget();
    const sentAt = runtime.now();
    runtime.advance(5_000);
    budget.fail();
    budget.stop(sentAt);
    expect(budget.leftMs).toBe(60_000);
  });

  it("counts no time that others have a limit for", () => {
    const { runtime, budget } = createBudget();
    budget.fail();
    runtime.advance(300_000);
    budget.forgive(300_000);
    expect([budget.leftMs, budget.fail()]).toEqual([60_000, true]);
  });

  it("allows nothing where it has no time", () => {
    expect(createBudget(0).tries()).toBe(0);
  });

  it("pauses from 200 ms on, doubling with each try and restart, and not for the first that is free", () => {
    const { budget } = createBudget();
    const pauses: number[] = [];
    for (let n = 0; n < 3; n++) {
      budget.fail();
      pauses.push(budget.pauseMs(false));
    }
    budget.restart();
    pauses.push(budget.pauseMs(false));
    expect(pauses).toEqual([200, 400, 800, 1600]);
    const other = createBudget().budget;
    other.fail();
    const first = other.pauseMs(true);
    other.fail();
    expect([first, other.pauseMs(true)]).toEqual([0, 200]);
  });
});
