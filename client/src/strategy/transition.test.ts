import { describe, expect, it } from "vitest";
import { type StrategyEvent, type StrategyState, unknownStrategy } from "./strategy-state.ts";
import { transition } from "./transition.ts";

const onBlue: StrategyState = { epoch: "e1", active: "blue", pending: undefined };
const greenPending: StrategyState = { ...onBlue, pending: { id: "p1", stack: "green", by: "header" } };

function announced(parts: Partial<Extract<StrategyEvent, { type: "announced" }>>): StrategyEvent {
  return {
    type: "announced",
    stack: "green",
    by: "header",
    from: "blue",
    epoch: "e1",
    pendingId: undefined,
    newId: "new",
    ...parts,
  };
}

describe("transition()", () => {
  it("makes the first stack that accepts active", () => {
    const event: StrategyEvent = { type: "accepted", stack: "green", epoch: "e0", nextEpoch: "e1" };
    expect(transition(unknownStrategy("e0"), event)).toEqual({ epoch: "e1", active: "green", pending: undefined });
  });

  it("ends a pending switch to the stack that accepted", () => {
    const event: StrategyEvent = { type: "accepted", stack: "green", epoch: "e1", nextEpoch: "e2" };
    expect(transition(greenPending, event)).toEqual({ epoch: "e2", active: "green", pending: undefined });
  });

  it("changes nothing when the active stack accepts again", () => {
    expect(transition(onBlue, { type: "accepted", stack: "blue", epoch: "e1", nextEpoch: "e2" })).toBe(onBlue);
  });

  it("ignores an acceptance from another epoch", () => {
    expect(transition(onBlue, { type: "accepted", stack: "green", epoch: "e0", nextEpoch: "e2" })).toBe(onBlue);
  });

  it("notes an announced switch under a new id", () => {
    expect(transition(onBlue, announced({})).pending).toEqual({ id: "new", stack: "green", by: "header" });
  });

  it("keeps the id of a switch that is announced again", () => {
    expect(transition(greenPending, announced({ pendingId: "p1" }))).toBe(greenPending);
  });

  it("calls a switch off when the active stack is announced", () => {
    expect(transition(greenPending, announced({ stack: "blue" }))).toEqual(onBlue);
  });

  it("changes nothing when the active stack is announced and nothing is pending", () => {
    expect(transition(onBlue, announced({ stack: "blue" }))).toBe(onBlue);
  });

  it("calls a switch off when the active stack stops announcing it", () => {
    expect(transition(greenPending, announced({ stack: undefined, pendingId: "p1" }))).toEqual(onBlue);
  });

  it.each([
    ["to a call that did not know of it", { pendingId: undefined }],
    ["to a call that knew of an earlier one", { pendingId: "p0" }],
    ["by the other stack", { pendingId: "p1", from: "green" }],
    ["from another epoch", { pendingId: "p1", epoch: "e0" }],
  ] as const)("keeps a pending switch when an answer %s names none", (_what, parts) => {
    expect(transition(greenPending, announced({ stack: undefined, ...parts }))).toBe(greenPending);
  });

  it("keeps a switch that an engine announced in its message when a header is missing", () => {
    const byMessage: StrategyState = { ...onBlue, pending: { id: "p1", stack: "green", by: "message" } };
    expect(transition(byMessage, announced({ stack: undefined, pendingId: "p1" }))).toBe(byMessage);
  });
});
