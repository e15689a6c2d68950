/** @typedef {import("./mutant.mjs").Mutant} Mutant */

const store = "client/src/store/shared-store.ts";
const detection = "client/src/session/detection.ts";
const tabs = "storm/browsers/core-suite.ts";
const faults = "storm/browsers/chromium-faults.road.test.ts";

/** @type {readonly Mutant[]} what many tabs of a real browser notice, through a real gateway */
export const browserMutants = [
  {
    rows: ["G2", "G3"],
    what: "each use of a stack signs in anew, in a browser",
    file: "client/src/session/sessions.ts",
    find: "return this.#open.get(strategy) ?? (",
    replace: "return (",
    tests: [[tabs, "all arrive on an announced stack, and no query makes a call more"]],
  },
  {
    rows: ["G4"],
    what: "each refusal begins a detection of its own, in a browser",
    file: detection,
    find: `const flight = this.#flight ?? { waiters: new Set(), abort: new AbortController() };
    flight.waiters.add(waiter);
    if (this.#flight === undefined) void`,
    replace: `const flight = { waiters: new Set<Waiter>(), abort: new AbortController() };
    flight.waiters.add(waiter);
    void`,
    tests: [[faults, "make one search in a tab"]],
  },
  {
    rows: ["G4"],
    what: "a tab detects beside the others, in a browser",
    file: detection,
    find: 'this.#store.withLock?.("detect", maxWaitMs, ask) ?? ask()',
    replace: "ask()",
    tests: [[faults, "make one search in eight tabs, for as long as they wait for one another"]],
  },
  {
    rows: ["G5"],
    what: "what a tab finds out stays with it",
    file: store,
    find: "this.#events.push(event);\n      void this.#sync();",
    replace: "this.#mirror = next;",
    tests: [
      [
        tabs,
        "are joined by one that was reloaded and by a new one, which ask only the active stack and disturb nobody",
      ],
    ],
  },
  {
    rows: ["G5"],
    what: "a page that comes back does not read the store again, in a browser",
    file: store,
    find: "() => this.#wake(),\n      () => this.#rest(),",
    replace: "() => undefined,\n      () => this.#rest(),",
    tests: [[faults, "knows at once where the others have gone, and is heard again"]],
  },
  {
    rows: ["V1", "P17"],
    what: "a switch is made although it was called off",
    file: "client/src/strategy/transition.ts",
    find: "return state.pending === undefined ? state : { ...state, pending: undefined };",
    replace: "return state;",
    tests: [[tabs, "stay where they are when an announced switch is called off"]],
  },
];
