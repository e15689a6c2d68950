import { strategies } from "e6data-web/headers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Decision, decide, type Wish } from "./decide.ts";
import {
  type Aim,
  aimProblem,
  type ChangeVerb,
  type DeploymentState,
  otherStack,
  type StackState,
} from "./deployment-state.ts";

const stateOf = (aim: Aim, verb: ChangeVerb = "begin", version = 7): DeploymentState => ({
  ...aim,
  version,
  change: { verb, at: "2026-01-31T12:00:00.000Z" },
});

/** A state with blue active, in short: what green is, then `a` where it is announced, `f` where it is the former one. */
const blueActive = (text: string): Aim => {
  const [green, ...marks] = text.split(" ");
  return {
    stacks: { blue: "active", green: green as StackState },
    announced: marks.includes("a") ? "green" : undefined,
    former: marks.includes("f") ? "green" : undefined,
  };
};

const mirrored = ({ stacks, announced, former }: Aim): Aim => ({
  stacks: { blue: stacks.green, green: stacks.blue },
  announced: announced && otherStack(announced),
  former: former && otherStack(former),
});

/** With green active and blue on standby: what a promotion of green leads to, and what a rollback to green does. */
const promoted: Aim = { stacks: { blue: "standby", green: "active" }, announced: undefined, former: "blue" };
const rolledBack: Aim = { ...promoted, former: undefined };

const same = "unchanged";
const no = "refused";
type Expected = Aim | typeof same | typeof no;
const to = blueActive;

/** Each state with blue active, and what each wish comes to there. */
const table: Record<string, Record<string, Expected>> = {
  standby: {
    "announce blue": same,
    "announce green": to("standby a"),
    "promote blue": same,
    "promote green": promoted,
    "drain blue": no,
    "drain green": to("draining"),
    "off blue": no,
    "off green": no,
    rollback: no,
  },
  "standby a": {
    "announce blue": to("standby"),
    "announce green": same,
    "promote blue": no,
    "promote green": promoted,
    "drain blue": no,
    "drain green": no,
    "off blue": no,
    "off green": no,
    rollback: to("standby"),
  },
  "standby f": {
    "announce blue": same,
    "announce green": to("standby a f"),
    "promote blue": same,
    "promote green": promoted,
    "drain blue": no,
    "drain green": to("draining f"),
    "off blue": no,
    "off green": no,
    rollback: rolledBack,
  },
  "standby a f": {
    "announce blue": to("standby f"),
    "announce green": same,
    "promote blue": no,
    "promote green": promoted,
    "drain blue": no,
    "drain green": no,
    "off blue": no,
    "off green": no,
    rollback: to("standby f"),
  },
  draining: {
    "announce blue": same,
    "announce green": no,
    "promote blue": same,
    "promote green": no,
    "drain blue": no,
    "drain green": same,
    "off blue": no,
    "off green": to("off"),
    rollback: no,
  },
  "draining f": {
    "announce blue": same,
    "announce green": no,
    "promote blue": same,
    "promote green": no,
    "drain blue": no,
    "drain green": same,
    "off blue": no,
    "off green": to("off"),
    rollback: rolledBack,
  },
  off: {
    "announce blue": same,
    "announce green": to("standby a"),
    "promote blue": same,
    "promote green": no,
    "drain blue": no,
    "drain green": same,
    "off blue": no,
    "off green": same,
    rollback: no,
  },
};

const rows = Object.entries(table).flatMap(([state, wishes]) =>
  Object.entries(wishes).map(([wish, expected]) => [state, wish, expected] as const),
);

const wishOf = (text: string): Wish => {
  const [verb, stack] = text.split(" ");
  return verb === "rollback" ? { verb } : ({ verb, stack } as Wish);
};
const mirroredWish = (wish: Wish): Wish => ("stack" in wish ? { ...wish, stack: otherStack(wish.stack) } : wish);

const outcome = (decision: Decision): Expected => (decision.kind === "change" ? decision.aim : decision.kind);

describe("decide()", () => {
  it.each(rows)("blue is active and green %s: %s", (state, text, expected) => {
    const [aim, wish] = [blueActive(state), wishOf(text)];
    expect(outcome(decide(stateOf(aim), wish))).toEqual(expected);
    const other = typeof expected === "string" ? expected : mirrored(expected);
    expect(outcome(decide(stateOf(mirrored(aim)), mirroredWish(wish)))).toEqual(other);
  });

  it.each(Object.keys(table))("rolls back once only: green is %s", (state) => {
    expect(decide(stateOf(blueActive(state), "rollback"), { verb: "rollback" })).toEqual({ kind: "unchanged" });
  });

  it.each([
    ["the announcement", "standby", to("standby a"), to("standby a")],
    ["that nothing is announced", "standby a", to("standby"), to("standby")],
    ["the stack that was active", "standby f", rolledBack, promoted],
    ["a stack that drains meanwhile", "draining f", rolledBack, promoted],
    ["what is so already", "draining f", to("standby"), same],
    ["nothing on a stack that is off", "off", rolledBack, no],
    ["no announcement of a stack that is off", "off", to("standby a"), no],
  ])("restores %s", (_, state, recorded, expected) => {
    const wish: Wish = { verb: "restore", to: stateOf(recorded, "promote", 3) };
    expect(outcome(decide(stateOf(blueActive(state)), wish))).toEqual(expected);
  });

  it("tells what to do instead of what it refuses", () => {
    const why = (state: string, wish: string) => {
      const decision = decide(stateOf(blueActive(state)), wishOf(wish));
      return decision.kind === "refused" ? decision.why : undefined;
    };
    expect([
      why("standby a", "promote blue"),
      why("draining", "announce green"),
      why("draining", "promote green"),
      why("off", "promote green"),
      why("standby", "drain blue"),
      why("standby a", "drain green"),
      why("standby", "off blue"),
      why("standby", "off green"),
      why("standby", "rollback"),
      why("off", "rollback"),
    ]).toEqual([
      "blue is active already, and green is announced: announce blue to call that off",
      "green is draining: roll back to make it active again, or end the drain with off first",
      "green is draining: roll back to make it active again",
      "green is off: announce it first",
      "blue is active: promote green first",
      "green is announced: announce blue to call that off first",
      "blue is active: promote green and drain blue first",
      "green is on standby: drain it first",
      "nothing was announced or promoted that could be rolled back: promote green to change stacks",
      "green is off, and what was there may be gone: announce and promote it, once it runs",
    ]);
  });

  const anyStack = fc.constantFrom(...strategies);
  const anyWish: fc.Arbitrary<(past: readonly DeploymentState[]) => Wish> = fc.oneof(
    fc.tuple(fc.constantFrom("announce", "promote", "drain", "off"), anyStack).map(
      ([verb, stack]) =>
        () =>
          ({ verb, stack }) as Wish,
    ),
    fc.constant((): Wish => ({ verb: "rollback" })),
    fc.nat().map((index) => (past: readonly DeploymentState[]): Wish => {
      const to = past[index % past.length];
      return to === undefined ? { verb: "rollback" } : { verb: "restore", to };
    }),
  );

  it("keeps what must hold, whatever is wished for in whatever order", () => {
    fc.assert(
      fc.property(fc.array(anyWish, { maxLength: 30 }), (wishes) => {
        const past = [stateOf(blueActive("standby"), "begin", 1)];
        for (const makeWish of wishes) {
          const state = past.at(-1) ?? stateOf(blueActive("standby"));
          const wish = makeWish(past);
          const decision = decide(state, wish);
          if (decision.kind === "change") {
            const next = stateOf(decision.aim, wish.verb, state.version + 1);
            expect(aimProblem(next)).toBeUndefined();
            for (const stack of strategies) {
              const step = `${state.stacks[stack]} ${next.stacks[stack]}`;
              // Two phases: nobody is refused in the step that makes another stack the active one.
              expect(step).not.toMatch(/^active (draining|off)$|^standby off$|^off (active|draining)$/);
            }
            expect(decide(next, wish)).toEqual({ kind: "unchanged" });
            past.push(next);
          }
        }
      }),
    );
  });
});
