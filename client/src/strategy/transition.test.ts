import { describe, expect, it } from "vitest";
import { accepted, announced, onBlue, pendingGreen, refused, switched, worked } from "../../test/strategy-events.ts";
import type { StrategyEvent, StrategyState } from "./strategy-state.ts";
import { unknownStrategy } from "./strategy-state.ts";
import { transition } from "./transition.ts";

const cooling: StrategyState = { ...onBlue, cooldown: { stack: "green", until: 11_000, delayMs: 1_000 } };
const nothing = unknownStrategy("l", "e1");

/** Every kind of state, by what is known. */
const states = {
  nothing,
  "blue idle": { ...onBlue, checkedAt: onBlue.changedAt },
  blue: onBlue,
  "blue, green by header": pendingGreen("header"),
  "blue, green by message": pendingGreen("message"),
  "blue, green cooling": cooling,
  "blue idle and cooling": {
    ...onBlue,
    checkedAt: onBlue.changedAt,
    cooldown: { stack: "blue", until: 9_500, delayMs: 1_000 },
  },
} satisfies Readonly<Record<string, StrategyState>>;

type Kind = keyof typeof states;
/** What of the state an event is to change; nothing for no change, times alone change no version. */
type Outcome = Partial<StrategyState> | undefined;

const events = {
  "blue accepts": accepted("blue"),
  "green accepts": accepted("green"),
  "switch to p1": switched("p1"),
  "switch to another": switched("p0"),
  "header names green": announced({ pendingId: "p1" }),
  "header names blue": announced({ stack: "blue", pendingId: "p1" }),
  "message names green": announced({ by: "message", pendingId: "p1" }),
  "message names blue": announced({ by: "message", stack: "blue", pendingId: "p1" }),
  "message of green names blue": announced({ by: "message", stack: "blue", pendingId: "p1", from: "green" }),
  "blue, knowing of p1, names none": announced({ stack: undefined, pendingId: "p1" }),
  "blue, not knowing of p1, names none": announced({ stack: undefined }),
  "green, knowing of p1, names none": announced({ stack: undefined, pendingId: "p1", from: "green" }),
  "blue works": worked("blue"),
  "green works": worked("green"),
  "blue refuses": refused("blue"),
  "green refuses": refused("green"),
} satisfies Readonly<Record<string, StrategyEvent>>;

type What = keyof typeof events;

const now = 10_000;
const toBlue = { epoch: "e2", active: "blue", changedAt: now, checkedAt: now } as const;
const toGreen = { epoch: "e2", active: "green", pending: undefined, changedAt: now, checkedAt: now } as const;
const off = { pending: undefined };
const byHeader = { pending: { id: "new", stack: "green", by: "header", since: now, heardAt: now } } as const;
const byMessage = { pending: { ...byHeader.pending, by: "message" } } as const;

/** The whole table: what is not listed changes nothing. */
const table: Readonly<Record<Kind, Partial<Record<What, Outcome>>>> = {
  nothing: {
    "blue accepts": toBlue,
    "green accepts": toGreen,
  },
  "blue idle": {
    "green accepts": toGreen,
    "header names green": byHeader,
    "message names green": byMessage,
    "blue works": { checkedAt: now },
    "blue refuses": { cooldown: { stack: "blue", until: now + 1_000, delayMs: 1_000 } },
  },
  blue: {
    "green accepts": toGreen,
    "header names green": byHeader,
    "message names green": byMessage,
  },
  "blue, green by header": {
    "green accepts": toGreen,
    "switch to p1": toGreen,
    "header names blue": off,
    "message names blue": off,
    "blue, knowing of p1, names none": off,
  },
  "blue, green by message": {
    "green accepts": toGreen,
    "switch to p1": toGreen,
    "header names green": { pending: { ...pendingGreen("message").pending, by: "header", heardAt: now } },
    "message names blue": off,
    "message of green names blue": off,
  },
  "blue, green cooling": {
    "green accepts": toGreen,
  },
  "blue idle and cooling": {
    "green accepts": toGreen,
    "header names green": byHeader,
    "message names green": byMessage,
    "blue works": { checkedAt: now, cooldown: undefined },
    "blue refuses": { cooldown: { stack: "blue", until: now + 2_000, delayMs: 2_000 } },
  },
};

function versionAfter(version: number, outcome: Partial<StrategyState>): number {
  return version + (Object.keys(outcome).every((key) => key === "checkedAt") ? 0 : 1);
}

const rows = Object.entries(states).flatMap(([kind, state]) =>
  Object.entries(events).map(([what, event]) => {
    // Keys of the two tables, which Object.entries() makes plain texts of.
    return [kind, what, state, event, table[kind as Kind][what as What]] as const;
  }),
);

describe("transition()", () => {
  it.each(rows)("with %s: %s", (_kind, _what, state, event, outcome) => {
    const next = transition(state, event);
    if (outcome === undefined) expect(next).toBe(state);
    else expect(next).toEqual({ ...state, ...outcome, version: versionAfter(state.version, outcome) });
  });

  it.each(rows)("with %s, at no time: %s", (_kind, _what, state, event) => {
    expect(transition(state, { ...event, at: Number.NaN })).toBe(state);
  });

  it.each(rows)("with %s, from another epoch: %s", (_kind, _what, state, event) => {
    expect(transition(state, { ...event, epoch: "e0" })).toBe(state);
  });
});

describe("transition() and time", () => {
  const heard = (at: number) => announced({ by: "message", at });

  it("ends a switch that only engines announce after 120 s of silence, whatever comes", () => {
    const state = pendingGreen("message");
    for (const event of [
      worked("blue", 129_000),
      announced({ stack: undefined, at: 129_000 }),
      switched("p1", 129_000),
    ]) {
      const next = transition(state, event);
      expect([next.active, next.pending, next.version]).toEqual(["blue", undefined, 5]);
    }
    expect(transition(state, worked("blue", 128_999)).pending?.id).toBe("p1");
  });

  it("keeps it as long as it is heard, without a version", () => {
    const kept = transition(pendingGreen("message"), heard(100_000));
    expect(kept.version).toBe(4);
    expect(transition(kept, worked("blue", 219_999)).pending?.id).toBe("p1");
    expect(transition(kept, worked("blue", 220_000)).pending).toBeUndefined();
  });

  it("makes a new switch, one version on, of what is announced again after the silence", () => {
    const again = transition(pendingGreen("message"), heard(129_000));
    expect([again.pending?.id, again.version]).toEqual(["new", 5]);
  });

  it("never ends a switch by silence that the gateway has announced", () => {
    expect(transition(pendingGreen("header"), worked("blue", 999_000)).pending?.id).toBe("p1");
  });

  it("ends a silent switch when the clock is set back by more than the silence", () => {
    const state = { ...pendingGreen("message"), pending: { ...pendingGreen("message").pending, heardAt: 999_000 } };
    expect(transition(state, worked("blue")).pending).toBeUndefined();
  });

  it("notes the time of work and of an acceptance once it is 10 s old, without a version", () => {
    for (const make of [worked, accepted]) {
      expect(transition(onBlue, make("blue", 18_999))).toBe(onBlue);
      expect(transition(onBlue, make("blue", 19_000))).toEqual({ ...onBlue, checkedAt: 19_000 });
    }
  });

  it("lets a stack cool down for 1 s, doubling to 60 s", () => {
    const delays: (number | undefined)[] = [];
    let state: StrategyState = { ...onBlue, checkedAt: onBlue.changedAt };
    for (let turn = 0, at = 10_000; turn < 8; turn++, at = state.cooldown?.until ?? 0) {
      state = transition(state, refused("blue", at));
      delays.push(state.cooldown?.delayMs);
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it("heeds announcements again when the cooldown is over, or the clock was set back", () => {
    expect(transition(cooling, announced({ at: 10_999 }))).toBe(cooling);
    expect(transition(cooling, announced({ at: 11_000 })).pending?.stack).toBe("green");
    expect(transition(cooling, announced({ at: 9_999 })).pending?.stack).toBe("green");
  });

  it("begins a cooldown of the other stack at 1 s", () => {
    const state: StrategyState = { ...onBlue, checkedAt: onBlue.changedAt, cooldown: cooling.cooldown };
    const next = transition(state, refused("blue"));
    expect(next.cooldown).toEqual({ stack: "blue", until: 11_000, delayMs: 1_000 });
    // It ends when the other one would have: news all the same.
    expect(next.version).toBe(state.version + 1);
  });

  it("counts a longer cooldown that ends with a former one, begun by a clock that was set back", () => {
    const cooldown = { stack: "blue", until: 12_000, delayMs: 1_000 } as const;
    const state: StrategyState = { ...onBlue, checkedAt: onBlue.changedAt, cooldown };
    const next = transition(state, refused("blue"));
    expect(next.cooldown).toEqual({ stack: "blue", until: 12_000, delayMs: 2_000 });
    expect(next.version).toBe(state.version + 1);
  });

  it("takes work in the millisecond of the change for work", () => {
    for (const checkedAt of [onBlue.changedAt, 30_000]) {
      const state = transition({ ...onBlue, checkedAt }, worked("blue", onBlue.changedAt));
      expect(transition(state, refused("blue"))).toBe(state);
    }
  });
});
