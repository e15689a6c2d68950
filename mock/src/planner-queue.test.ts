import { describe, expect, it } from "vitest";
import { createManualClock } from "./clock.ts";
import { createPlannerQueue } from "./planner-queue.ts";

function setUp() {
  const clock = createManualClock();
  return { clock, queue: createPlannerQueue(clock) };
}

describe("createPlannerQueue()", () => {
  it("lets everybody go ahead at first", () => {
    const { queue } = setUp();
    expect(queue.ask("ada", undefined)).toEqual({ queryId: expect.any(String), elapsedMs: 0, message: undefined });
  });

  it("makes each query wait so many times, under one id, and tells for how long it has waited", () => {
    const { clock, queue } = setUp();
    queue.set({ waits: 2, message: "RATE_LIMIT" });
    const { queryId, ...first } = queue.ask("ada", undefined);
    expect(first).toEqual({ elapsedMs: 0, message: "RATE_LIMIT" });
    clock.advance(300);
    const other = queue.ask("ada", undefined);
    expect(queue.ask("ada", queryId)).toEqual({ queryId, elapsedMs: 300, message: "RATE_LIMIT" });
    clock.advance(300);
    expect(queue.ask("ada", queryId)).toEqual({ queryId, elapsedMs: 600, message: undefined });
    expect(queue.ask("ada", other.queryId)).toEqual({ queryId: other.queryId, elapsedMs: 300, message: "RATE_LIMIT" });
  });

  it("changes for the queries that come afterwards", () => {
    const { queue } = setUp();
    queue.set({ waits: 1, message: "RATE_LIMIT" });
    const { queryId } = queue.ask("ada", undefined);
    queue.set({ waits: 1, message: "WAITING_ON_PLANNER_SCALEUP" });
    expect(queue.ask("ada", undefined).message).toBe("WAITING_ON_PLANNER_SCALEUP");
    expect(queue.ask("ada", queryId).message).toBe(undefined);
    queue.reset();
    expect(queue.state.waits).toBe(0);
    expect(queue.ask("ada", undefined).message).toBe(undefined);
  });

  it("gives a place to its user alone, and once", () => {
    const { queue } = setUp();
    const { queryId } = queue.ask("ada", undefined);
    expect(queue.ask("bob", queryId).queryId).not.toBe(queryId);
    expect(queue.ask("ada", "an id of her own").queryId).not.toBe("an id of her own");
    expect(queue.take("bob", queryId)).toBe(false);
    expect(queue.take("ada", queryId)).toBe(true);
    expect(queue.take("ada", queryId)).toBe(false);
  });
});
