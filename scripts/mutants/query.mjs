/** @typedef {import("./mutant.mjs").Mutant} Mutant */

const access = "client/src/session/engine-access.ts";
const pinning = "client/src/connection.pinning.test.ts";
const pins = "client/src/connection.pins.test.ts";
const held = "holds nothing back once %s";

/** @type {readonly Mutant[]} queries, from their first call to their last */
export const queryMutants = [
  {
    rows: ["G1"],
    what: "the engine of a query is forgotten",
    file: "client/src/session/make-pin.ts",
    find: "route: { ...route, plannerIp: engineIP }",
    replace: "route",
    tests: [
      ["client/src/connection.test.ts", "pins every call about a query to one stack, session and engine"],
      [pinning, "stays on its stack, session and engine: with its %s", "getNextResultBatch"],
    ],
  },
  {
    rows: ["G1", "P3", "P6", "N1"],
    what: "all queries of a process share one route",
    file: "client/src/session/make-pin.ts",
    find: "route: { ...route, plannerIp: engineIP }",
    replace: "route: Object.assign((globalThis.route ??= {}), route, { plannerIp: engineIP })",
    tests: [
      [pinning, "stays on its stack, session and engine: with its %s", "executeStatement"],
      [pinning, "stays on its stack, session and engine: with its %s", "getNextResultBatchV2"],
    ],
  },
  {
    rows: ["P23"],
    what: "a query is cancelled and cleared on the stack that is active by then",
    file: "client/src/query/releases.ts",
    find: "const options = onPin(pin, {",
    replace: "const options = onPin({ ...pin, route: undefined }, {",
    tests: [
      [pinning, "stays on its stack, session and engine: with its %s", "cancelQuery"],
      [pinning, "stays on its stack, session and engine: with its %s", "clear"],
    ],
  },
  {
    rows: ["G7", "P10"],
    what: "what fails before it runs stays counted",
    file: access,
    find: "this.#parts.pins.release(pin);",
    replace: "",
    tests: [
      [pins, held, "it fails as it is prepared"],
      [pins, held, "it fails as it is executed"],
    ],
  },
  {
    rows: ["G7", "P10"],
    what: "what fails as it is read stays counted",
    file: "client/src/query/submission.ts",
    find: "if (!this.#isLetGo) void this.giveBack(!isSqlError(error));",
    replace: "",
    tests: [
      [pins, held, "its columns cannot be had"],
      [pins, held, "a batch is lost"],
    ],
  },
  {
    rows: ["P8"],
    what: "a cursor that is used again leaves its former query behind",
    file: "client/src/query/cursor.ts",
    find: "void former?.query.release();",
    replace: "void former;",
    tests: [
      [pins, held, "its cursor is used again"],
      ["client/src/query/cursor.web.test.ts", "runs one statement after the other, and gives the former back"],
    ],
  },
  {
    rows: ["P9"],
    what: "a query that cannot be cleared is never let go of",
    file: "client/src/query/releases.ts",
    find: "await call(clear, pin.request, options);",
    replace: "await call(clear, pin.request, options).catch(() => new Promise(() => undefined));",
    tests: [[pins, held, "neither cancel nor clear succeeds"]],
  },
  {
    rows: ["P30"],
    what: "a pool does not ask whether a connection still works",
    file: "client/src/pool/pool.ts",
    find: "await member.value.ping({ signal });",
    replace: "",
    tests: [["client/src/pool/pool.test.ts", "pings what was idle for long, and replaces what does not answer"]],
  },
  {
    rows: ["P30"],
    what: "a ping asks nobody once its caller is signed in",
    file: "client/src/catalog/look-up.ts",
    find: "(call) => checkHealth(context.call, call)",
    replace: "async (call) => call.signal?.throwIfAborted()",
    tests: [["client/src/connection-pool.test.ts", "asks the active stack"]],
  },
];
