import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Strategy, strategies } from "../headers.ts";
import { type StrategyEvent, type StrategyState, unknownStrategy } from "./strategy-state.ts";
import { transition } from "./transition.ts";

const stack = fc.constantFrom(...strategies);
const by = fc.constantFrom("header", "message");
/** Few ids, so that they meet. */
const id = fc.constantFrom("p1", "p2", "p3");
const at = fc.oneof(fc.nat({ max: 400_000 }), fc.constantFrom(0, Number.NaN, 8.64e15));

/** Anything that can be found out, by somebody whose view was `age` epochs ago. */
const finding = fc.record({
  type: fc.constantFrom("accepted", "switched", "announced", "worked", "refused"),
  stack,
  named: fc.option(stack, { nil: undefined }),
  by,
  from: stack,
  pendingId: id,
  newId: id,
  at,
  age: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 3 })),
});
type Finding = typeof finding extends fc.Arbitrary<infer Value> ? Value : never;

function eventOf(found: Finding, epoch: string, nextEpoch: string): StrategyEvent {
  const { type, stack, named, by, from, pendingId, newId, at } = found;
  // The type follows from the fields; what does not belong to it is left lying.
  return {
    type,
    stack: type === "announced" ? named : stack,
    by,
    from,
    pendingId,
    newId,
    at,
    epoch,
    nextEpoch,
  } as StrategyEvent;
}

/** All states that the findings lead to, from nothing, each with the event that led there. */
function play(findings: readonly Finding[], prefix = "e") {
  const epochs = [`${prefix}0`];
  let state = unknownStrategy("l", `${prefix}0`);
  return findings.map((found, index) => {
    const before = state;
    const event = eventOf(found, epochs.at(-1 - found.age) ?? "none", `${prefix}${index + 1}`);
    state = transition(before, event);
    if (state.epoch !== before.epoch) epochs.push(state.epoch);
    return { before, event, after: state };
  });
}

const histories = fc.array(finding, { maxLength: 60 });

function assert(check: (step: ReturnType<typeof play>[number]) => void): void {
  fc.assert(
    fc.property(histories, (findings) => play(findings).forEach(check)),
    { numRuns: 500 },
  );
}

function withoutTimes({ lineage, epoch, active, pending, cooldown }: StrategyState) {
  return { lineage, epoch, active, pending: pending && [pending.id, pending.stack, pending.by], cooldown };
}

describe("transition(), in any history", () => {
  it("counts each change but those of times, by one, within one lineage", () => {
    assert(({ before, after }) => {
      const isNews = JSON.stringify(withoutTimes(before)) !== JSON.stringify(withoutTimes(after));
      expect(after.lineage).toBe(before.lineage);
      expect(after.version).toBe(before.version + (isNews ? 1 : 0));
    });
  });

  it("begins an epoch with each change of the active stack, and with nothing else", () => {
    assert(({ before, after }) => {
      expect(after.epoch !== before.epoch).toBe(after.active !== before.active);
    });
  });

  it("ignores news of another epoch", () => {
    assert(({ before, event, after }) => {
      if (event.epoch !== before.epoch) expect(after).toBe(before);
    });
  });

  it("keeps a pending switch only to the stack beside the active one", () => {
    assert(({ after: { active, pending } }) => {
      if (pending !== undefined) expect([active, pending.stack].sort()).toEqual(["blue", "green"]);
    });
  });

  it("makes a stack active only where it has accepted: by detection, or by the switch to the very one announced", () => {
    assert(({ before, event, after }) => {
      if (after.active === before.active) return;
      const isAccepted = event.type === "accepted" && event.stack === after.active;
      const isSwitched =
        event.type === "switched" && event.pendingId === before.pending?.id && before.pending.stack === after.active;
      expect(isAccepted || isSwitched).toBe(true);
    });
  });

  it("takes the same news twice as once", () => {
    assert(({ event, after }) => {
      expect(transition(after, event)).toBe(after);
    });
  });

  it("leaves nothing behind of a switch that was called off", () => {
    const called = fc.record({ by, late: fc.array(fc.constantFrom("p1", "p0", undefined), { maxLength: 5 }) });
    fc.assert(
      fc.property(called, ({ by, late }) => {
        const before = { ...unknownStrategy("l", "e1"), active: "blue" } as const;
        const news = { type: "announced", by, from: "blue", epoch: "e1", newId: "p1", at: 1 } as const;
        const pending = transition(before, { ...news, stack: "green", pendingId: undefined });
        expect(pending.pending?.id).toBe("p1");
        const off = transition(pending, { ...news, stack: "blue", pendingId: "p1" });
        expect({ ...off, version: before.version }).toEqual(before);
        for (const pendingId of late) {
          expect(transition(off, { ...news, stack: undefined, pendingId })).toBe(off);
          const due = { type: "switched", pendingId: "p1", epoch: "e1", nextEpoch: "e2", at: 2 } as const;
          expect(transition(off, due)).toBe(off);
        }
      }),
    );
  });

  it("changes nothing by garbage", () => {
    const state = play([{ ...blueFirst }])[0]?.after;
    if (state === undefined) throw new Error("no state");
    const garbage = fc.oneof(
      fc.object().map((object) => ({ ...object, epoch: state.epoch })),
      fc.record({
        type: fc.string(),
        epoch: fc.constantFrom(state.epoch, "x"),
        stack: fc.anything(),
        at: fc.anything(),
      }),
    );
    fc.assert(
      fc.property(garbage, (event) => {
        expect(transition(state, event as unknown as StrategyEvent)).toBe(state);
      }),
    );
  });

  it("never mixes two clusters: each is as if it were alone", () => {
    fc.assert(
      fc.property(histories, histories, fc.array(fc.boolean()), (ofA, ofB, order) => {
        const alone = { a: play(ofA, "a"), b: play(ofB, "b") };
        let [a, b] = [unknownStrategy("l", "a0"), unknownStrategy("l", "b0")];
        const steps = { a: [...alone.a], b: [...alone.b] };
        for (const isA of [...order, ...Array<boolean>(60).fill(true), ...Array<boolean>(60).fill(false)]) {
          const step = isA ? steps.a.shift() : steps.b.shift();
          if (step === undefined) continue;
          // Each event comes to both; it is news for one.
          a = transition(a, step.event);
          b = transition(b, step.event);
        }
        expect([a, b]).toEqual([
          alone.a.at(-1)?.after ?? unknownStrategy("l", "a0"),
          alone.b.at(-1)?.after ?? unknownStrategy("l", "b0"),
        ]);
      }),
      { numRuns: 200 },
    );
  });
});

const blueFirst: Finding = {
  type: "accepted",
  stack: "blue",
  named: undefined,
  by: "header",
  from: "blue",
  pendingId: "p1",
  newId: "p1",
  at: 1,
  age: 0,
};

describe("transition(), when a deployment flaps", () => {
  it("follows a hundred switches, whatever late answers of all of them come in between", () => {
    const lateness = fc.infiniteStream(fc.nat({ max: 99 }));
    fc.assert(
      fc.property(lateness, fc.boolean(), (late, byDetection) => {
        let state: StrategyState = { ...unknownStrategy("l", "e0"), active: "blue" };
        const answers: StrategyEvent[] = [];
        for (let turn = 1; turn <= 100; turn++) {
          const from: Strategy = turn % 2 === 1 ? "blue" : "green";
          const to: Strategy = turn % 2 === 1 ? "green" : "blue";
          const { epoch } = state;
          const base = { epoch, at: turn };
          const nextEpoch = `e${turn}`;
          const named = {
            ...base,
            type: "announced",
            by: "header",
            from,
            pendingId: undefined,
            newId: `p${turn}`,
          } as const;
          state = transition(state, { ...named, stack: to });
          const event: StrategyEvent = byDetection
            ? { ...base, type: "accepted", stack: to, nextEpoch }
            : { ...base, type: "switched", pendingId: `p${turn}`, nextEpoch };
          answers.push({ ...named, stack: to }, { ...named, stack: undefined, pendingId: `p${turn}` }, event);
          state = transition(state, event);
          expect([state.active, state.epoch, state.pending]).toEqual([to, nextEpoch, undefined]);
          for (let times = late.next().value % 4; times > 0; times--) {
            const answer = answers[late.next().value % answers.length];
            if (answer !== undefined) expect(transition(state, answer)).toBe(state);
          }
        }
        expect(state).toMatchObject({ active: "blue", version: 200 });
      }),
      { numRuns: 50 },
    );
  });
});
