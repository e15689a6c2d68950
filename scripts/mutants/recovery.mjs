/** @typedef {import("./mutant.mjs").Mutant} Mutant */

const recovery = "client/src/session/recovery.ts";
const histories = "client/src/connection.histories.test.ts";
const switches = "client/src/connection.switch.test.ts";
const failing = "client/src/connection.failure.test.ts";
const reads = "client/src/connection.reads.test.ts";
const wholly = "answers each row once although %s is lost at its %s";
const writes = "client/src/connection.writes.test.ts";
const awake = "client/src/query/awake.web.test.ts";

/** @type {readonly Mutant[]} what is done about failures */
export const recoveryMutants = [
  {
    rows: ["P12"],
    what: "a stack that refuses a call without a query is the caller's affair",
    file: recovery,
    find: "mismatch: { ...beforeAnyQuery(detect),",
    replace: 'mismatch: { "sign-in": detect, prepare: detect,',
    tests: [["client/src/catalog/look-up.test.ts", "goes where the active stack is: %s"]],
  },
  {
    rows: ["P12"],
    what: "a stack that refuses to execute is the caller's affair",
    file: recovery,
    find: '...ofQuery(["begin-again"], restart) },',
    replace: "read: restart, fetch: restart },",
    tests: [
      [switches, "begins again when the stack refuses to execute: nothing has run"],
      [reads, wholly, "its stack is lost at its executeStatement"],
    ],
  },
  {
    rows: ["G10", "P12", "N1"],
    what: "a stack that goes in the middle of a query takes it along",
    file: recovery,
    find: '...ofQuery(["begin-again"], restart) },',
    replace: 'execute: ["begin-again"] },',
    tests: [
      [reads, wholly, "its stack is lost at its getResultMetadata"],
      [reads, wholly, "its stack is lost at its getNextResultBatch"],
      [reads, wholly, "its stack is lost at its getNextResultBatchV2"],
    ],
  },
  {
    rows: ["V11", "N2"],
    what: "a call of a query whose session has gone is made again and again",
    file: recovery,
    find: "...ofQuery(restartTwice) },",
    replace: "...ofQuery(repeat) },",
    tests: [
      [reads, wholly, "its session is lost at its executeStatement"],
      [reads, wholly, "its session is lost at its getNextResultBatchV2"],
    ],
  },
  {
    rows: ["G10", "V14"],
    what: "a batch that is lost is the caller's affair",
    file: recovery,
    find: "...ofQuery(restart, repeatThenRestart, restart),",
    replace: "...{ execute: restart, read: repeatThenRestart },",
    tests: [
      [histories, "V14: begins a query again of which nobody has seen a row when the answer to a fetch is lost"],
      [reads, wholly, "an answer is lost at its getNextResultBatch"],
    ],
  },
  {
    rows: ["N2"],
    what: "a batch whose answer was lost is asked for again",
    file: recovery,
    find: "...ofQuery(restart, repeatThenRestart, restart),",
    replace: "...ofQuery(restart, repeatThenRestart, repeat),",
    tests: [["client/src/query/query-stream.web.test.ts", "are not asked for twice where the outcome is unknown"]],
  },
  {
    rows: ["G10", "P13"],
    what: "what may write begins again too",
    file: "client/src/query/submission.ts",
    find: "(isHarmless || terms.readOnly)",
    replace: "(isHarmless || true)",
    tests: [
      [writes, "is run once, whatever comes after the engine has accepted it: %s at its %s"],
      [failing, "does not know whether a statement ran whose answer was %s, and does not run it twice"],
    ],
  },
  {
    rows: ["G10"],
    what: "a query begins again although rows of it were handed out",
    file: "client/src/query/running-query.ts",
    find: "return hasRows !== true && !this.#isShared && !this.#detached;",
    replace: "return !this.#detached;",
    tests: [
      [reads, "is interrupted, and not begun again, where rows of it were handed out before %s is lost", "its stack"],
      [reads, "is interrupted, and not begun again, where rows of it were handed out before %s is lost", "an answer"],
    ],
  },
  {
    rows: ["G10"],
    what: "rows that are missing are not missed",
    file: "client/src/query/batch-reader.ts",
    find: "if (ended && rows < announced) throw",
    replace: "if (rows < 0) throw",
    tests: [[failing, "says that fewer rows came than were announced"]],
  },
  {
    rows: ["V8", "P22", "N5", "N6"],
    what: "a suspended stack counts as one that is not active",
    file: recovery,
    find: 'return "suspended";',
    replace: 'return "mismatch";',
    tests: [
      [histories, "V8: takes a suspended stack for the active one, wakes it up, and asks it again"],
      [awake, "wakes it up and goes on: %s"],
      ["client/src/cluster/cluster.test.ts", "wakes it up, once for all, and is done then"],
    ],
  },
  {
    rows: ["V13"],
    what: "each 456 begins a search, whatever call it answers",
    file: "client/src/session/engine-parts.ts",
    find: 'if (code === "STRATEGY_MISMATCH" && strategy) tell({ type: "mismatch", stack: strategy });',
    replace: 'if (code === "STRATEGY_MISMATCH" && strategy) detection.run(strategy).catch(() => undefined);',
    tests: [[histories, "V13: restarts nothing when the stack refuses to clear"]],
  },
];
