/** @typedef {import("./mutant.mjs").Mutant} Mutant */

const transition = "client/src/strategy/transition.ts";
const candidates = "client/src/strategy/candidates.ts";
const announcements = "client/src/transport/announcements.ts";
const pure = "client/src/strategy/histories.test.ts";
const histories = "client/src/connection.histories.test.ts";
const switches = "client/src/connection.switch.test.ts";

/** @type {readonly Mutant[]} what is known about the deployment, and what changes it */
export const strategyMutants = [
  {
    rows: ["V1", "P17"],
    what: "an announcement that is dropped stays pending",
    file: transition,
    find: 'const isEnd = pending?.by === "header" && pending.id === event.pendingId && event.from === active;',
    replace: "const isEnd = false;",
    tests: [
      [pure, "V1: calls a switch off when the active stack no longer announces it"],
      [
        "client/src/connection.announced.test.ts",
        "is called off by the answers to calls about a query that had begun before it",
      ],
    ],
  },
  {
    rows: ["V1"],
    what: "an engine calls off what the gateway announces",
    file: transition,
    find: "if (stack === active && pending?.by === by) return callOff(state);",
    replace: "if (stack === active) return callOff(state);",
    tests: [
      [
        "client/src/connection.announced.test.ts",
        "is made where the gateway leads though the engines name the other stack, without asking again and again",
      ],
    ],
  },
  {
    rows: ["V1", "P17"],
    what: "a switch is made although it was called off",
    file: transition,
    find: "return state.pending === undefined ? state : { ...state, pending: undefined };",
    replace: "return state;",
    tests: [["storm/browsers/core-suite.ts", "stay where they are when an announced switch is called off"]],
  },
  {
    rows: ["V1", "P27"],
    what: "the gateway's header is not read",
    file: announcements,
    find: "const stack = parseStrategy(headers.get(headerNewStrategy));\n  const named",
    replace: "const stack = parseStrategy(undefined);\n  const named",
    tests: [
      [histories, "V1: goes back when an announcement is dropped after the move, though the new stack still accepts"],
      [histories, "V1: moves to a stack that was promoted without an announcement, though the old one still accepts"],
      [
        "client/src/transport/announcements.test.ts",
        "hears of it by the gateway's header beside $name, above the message",
      ],
    ],
  },
  {
    rows: ["P27"],
    what: "the engine's own announcement is not read",
    file: announcements,
    find: 'stack ?? Reflect.get(message, "newStrategy")',
    replace: "stack",
    tests: [
      ["client/src/transport/announcements.test.ts", "hears of a stack to come by the message of $name"],
      [switches, "notes a switch that the engine announces in its message"],
    ],
  },
  {
    rows: ["V2", "V6", "V10", "P18"],
    what: "news counts whatever epoch it was asked for in",
    file: transition,
    find: "event.epoch !== state.epoch || ",
    replace: "",
    tests: [
      [pure, "V2: ignores an acceptance that was asked for before the flip"],
      [histories, "V2: moves nobody back by an acceptance that was asked for before the flip"],
      [pure, "V6: ignores an announcement in an old answer, though the view looks as it did then"],
      [histories, "V6: ignores an old answer that announces a stack which it has left since"],
      [pure, "V10: knows rows by random ids: what was found out about one that was wiped is no news for its successor"],
      ["client/src/strategy/transition.property.test.ts", "never mixes two clusters: each is as if it were alone"],
    ],
  },
  {
    rows: ["V3"],
    what: "a switch is made to whatever is pending by now",
    file: transition,
    find: "current.pending?.id === event.pendingId ? activate",
    replace: "current.pending !== undefined ? activate",
    tests: [[pure, "V3: makes a switch for no announcement but the one that its stack has accepted under"]],
  },
  {
    rows: ["V3"],
    what: "a stack that accepts a sign-in is active from then on, announced or not",
    file: "client/src/session/follower.ts",
    find: "if (signal.aborted) return;\n      const isAccepted",
    replace: `if (code === undefined) {
        const { epoch } = this.#store.read();
        this.#store.dispatch({ type: "accepted", stack, epoch, nextEpoch: this.#runtime.newId(), at: this.#runtime.wallMs() });
      }
      const isAccepted`,
    tests: [
      [histories, "V3: makes no switch by a sign-in that was asked for under an announcement that was called off"],
    ],
  },
  {
    rows: ["V4"],
    what: "the stack that has just refused is asked first",
    file: candidates,
    find: "otherStack(refused);\n",
    replace: "refused;\n",
    tests: [
      ["client/src/strategy/candidates.test.ts", "never begins with the stack that refused, with %s active"],
      [histories, "V4: asks the other stack first, whatever name goes with the refusal"],
    ],
  },
  {
    rows: ["P25"],
    what: "a detection begins with blue, whatever is known",
    file: candidates,
    find: '(active ?? "blue")',
    replace: '"blue"',
    tests: [["client/src/strategy/candidates.test.ts", "begins with the active stack when that is to be confirmed"]],
  },
  {
    rows: ["V9", "P2"],
    what: "a stack that refuses work is announced again at once",
    file: transition,
    find: "if (isCooling(state.cooldown, stack, at)) return state;\n  return { ...state, pending",
    replace: "return { ...state, pending",
    tests: [
      [pure, "V9: ignores the announcements of a stack that accepts sign-ins and refuses work, for longer each time"],
      [histories, "V9: sends one query of twenty to a stack that accepts sign-ins and refuses work, not nineteen"],
    ],
  },
];
