import { describe, expect, it } from "vitest";
import { accepted, announced, onBlue, pendingGreen, refused, switched, worked } from "../../test/strategy-events.ts";
import { type StrategyEvent, type StrategyState, unknownStrategy } from "./strategy-state.ts";
import { transition } from "./transition.ts";

/** The state after some events. */
function play(state: StrategyState, ...events: readonly StrategyEvent[]): StrategyState {
  return events.reduce(transition, state);
}

/** Histories that broke earlier wordings of the rules. */
describe("transition(), as it was broken before", () => {
  it("V1: comes back when the announcement is dropped after the move, for the target is named on the other stack", () => {
    const onGreen = play(pendingGreen("header"), switched("p1"));
    const named = announced({ stack: "blue", from: "green", epoch: "e2", newId: "p2" });
    const back = play(onGreen, named, { ...switched("p2"), epoch: "e2", nextEpoch: "e3" });
    expect(back).toMatchObject({ active: "blue", pending: undefined });
  });

  it("V1: calls a switch off when the active stack no longer announces it", () => {
    expect(play(pendingGreen("header"), announced({ stack: undefined, pendingId: "p1" })).pending).toBeUndefined();
  });

  it("V2: ignores an acceptance that was asked for before the flip", () => {
    const onGreen = play(onBlue, accepted("green"));
    expect(transition(onGreen, accepted("blue"))).toBe(onGreen);
  });

  it("V3: makes a switch for no announcement but the one that its stack has accepted under", () => {
    const off = play(pendingGreen("header"), announced({ stack: undefined, pendingId: "p1" }));
    expect(transition(off, switched("p1"))).toBe(off);
    const again = play(off, announced({ newId: "p2" }));
    expect(transition(again, switched("p1"))).toBe(again);
    expect(play(again, switched("p2")).active).toBe("green");
  });

  it("V4: moves by no name that goes with a refusal", () => {
    const late = announced({ stack: "green", epoch: "e0" });
    expect(transition(onBlue, late)).toBe(onBlue);
    expect(play(onBlue, announced()).active).toBe("blue");
  });

  it("V6: ignores an announcement in an old answer, though the view looks as it did then", () => {
    const back = play(onBlue, accepted("green"), { ...accepted("blue"), epoch: "e2", nextEpoch: "e3" });
    expect(back.active).toBe(onBlue.active);
    expect(transition(back, announced())).toBe(back);
  });

  it("V9: ignores the announcements of a stack that accepts sign-ins and refuses work, for longer each time", () => {
    let state: StrategyState = onBlue;
    let moves = 0;
    for (let at = 10_000; at < 130_000; at += 100) {
      const { epoch } = state;
      state = transition(state, announced({ epoch, newId: `p${at}`, at }));
      if (state.pending === undefined) continue;
      moves++;
      state = play(
        state,
        { ...switched(`p${at}`, at), epoch, nextEpoch: `${at}g` },
        { ...refused("green", at), epoch: `${at}g` },
        { ...accepted("blue", at), epoch: `${at}g`, nextEpoch: `${at}b` },
        { ...worked("blue", at), epoch: `${at}b` },
      );
      expect(state.active).toBe("blue");
    }
    // At 0, 1, 3, 7, 15, 31, 63 seconds.
    expect(moves).toBe(7);
  });

  it("V9: forgives a stack once it has worked", () => {
    const state = play({ ...onBlue, checkedAt: onBlue.changedAt }, refused("blue"), worked("blue"), refused("blue"));
    expect(state.cooldown).toBeUndefined();
  });

  it("V10: knows rows by random ids: what was found out about one that was wiped is no news for its successor", () => {
    const successor = play(unknownStrategy("m", "f0"), { ...accepted("green"), epoch: "f0", nextEpoch: "f1" });
    expect(successor).toMatchObject({ lineage: "m", version: 1 });
    for (const late of [accepted("blue"), announced({ stack: "blue" }), switched("p1"), worked("green")]) {
      expect(transition(successor, late)).toBe(successor);
    }
  });
});
