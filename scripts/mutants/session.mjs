/** @typedef {import("./mutant.mjs").Mutant} Mutant */

const follower = "client/src/session/follower.ts";
const sessions = "client/src/session/sessions.ts";
const detection = "client/src/session/detection.ts";
const access = "client/src/session/engine-access.ts";
const histories = "client/src/connection.histories.test.ts";
const announced = "client/src/connection.announced.test.ts";
const switches = "client/src/connection.switch.test.ts";
const tabs = "storm/browsers/core-suite.ts";
const faults = "storm/browsers/chromium-faults.road.test.ts";
const pinning = "client/src/connection.pinning.test.ts";

/** @type {readonly Mutant[]} sessions, detection, and the way over to another stack */
export const sessionMutants = [
  {
    rows: ["G2", "P7"],
    what: "a switch waits until nothing runs",
    file: follower,
    find: "if (pending === undefined || pending.id !== this.#acceptedFor) return;",
    replace: "if (pending === undefined || pending.id !== this.#acceptedFor || this.#isBusy()) return;",
    tests: [[announced, "is made under queries that overlap without end"]],
  },
  {
    rows: ["G2"],
    what: "new work is no safe point",
    file: follower,
    find: "this.#usedAt = this.#runtime.now();\n    this.safePoint();",
    replace: "this.#usedAt = this.#runtime.now();",
    tests: [["client/src/session/follower.test.ts", "makes the switch at %s() where something runs", "begin"]],
  },
  {
    rows: ["G2", "G3", "P5"],
    what: "each use of a stack signs in anew",
    file: sessions,
    find: "return this.#open.get(strategy) ?? (",
    replace: "return (",
    tests: [
      [tabs, "all arrive on an announced stack, and no query makes a call more"],
      [announced, "adds no call to any query, and moves every tab with its first query once it is signed in"],
      [
        pinning,
        "send each stack the sessions of that stack alone, signed in once on each, whichever of them moves first",
      ],
    ],
  },
  {
    rows: ["G3", "P3", "P4", "N5"],
    what: "a connection has one session for both stacks",
    file: sessions,
    find: "return this.#open.get(strategy) ?? (",
    replace: "return [...this.#open.values()][0] ?? (",
    tests: [
      [
        pinning,
        "send each stack the sessions of that stack alone, signed in once on each, whichever of them moves first",
      ],
    ],
  },
  {
    rows: ["G3", "V12"],
    what: "a refreshed session id is not taken",
    file: "client/src/session/stack-session.ts",
    find: "this.#id = received;",
    replace: "",
    tests: [
      ["client/src/connection.test.ts", "takes a refreshed session id, and only in place of the one that was sent"],
      [histories, "V12: takes a refreshed session id on the stack that gave it only, and keeps the newer of two"],
    ],
  },
  {
    rows: ["V12"],
    what: "an older refresh takes the place of a newer one",
    file: "client/src/session/stack-session.ts",
    find: " && this.#id === sent",
    replace: "",
    tests: [
      [histories, "V12: takes a refreshed session id on the stack that gave it only, and keeps the newer of two"],
      ["client/src/session/stack-session.test.ts", "keeps a newer id when the answer to an older call comes late"],
    ],
  },
  {
    rows: ["V15"],
    what: "who has no session on the new stack yet waits for one",
    file: follower,
    find: "if (this.#lagsBehind(active)) {\n      this.#follow();",
    replace: "if (this.#closing.aborted) {\n      this.#follow();",
    tests: [
      [histories, "V15: lets no query of another tab wait when one tab switches first"],
      [
        "client/src/session/follower.test.ts",
        "V15: uses the session it has until it has the new one, for which nothing waits",
      ],
    ],
  },
  {
    rows: ["V15"],
    what: "an old stack is used although it has refused",
    file: follower,
    find: "if (this.#inUse === stack) this.#inUse = undefined;",
    replace: "",
    tests: [
      [histories, "V15: asks its old stack no more once that has refused, and waits for the sign-in that is under way"],
    ],
  },
  {
    rows: ["P2"],
    what: "an announced stack that refuses is asked again at once",
    file: follower,
    find: "firstMs: 1_000",
    replace: "firstMs: 0",
    tests: [
      ["client/src/session/follower.test.ts", "asks again after a second, twice as long each time up to a minute"],
    ],
  },
  {
    rows: ["G4", "P25"],
    what: "each refusal begins a detection of its own",
    file: detection,
    find: `const flight = this.#flight ?? { waiters: new Set(), abort: new AbortController() };
    flight.waiters.add(waiter);
    if (this.#flight === undefined) void`,
    replace: `const flight = { waiters: new Set<Waiter>(), abort: new AbortController() };
    flight.waiters.add(waiter);
    void`,
    tests: [
      ["client/src/session/detection.test.ts", "is shared by all who need one"],
      [faults, "make one search in a tab"],
    ],
  },
  {
    rows: ["G4"],
    what: "a tab detects beside the others",
    file: detection,
    find: 'this.#store.withLock?.("detect", maxWaitMs, ask) ?? ask()',
    replace: "ask()",
    tests: [
      [faults, "make one search in eight tabs, for as long as they wait for one another"],
      [
        "client/src/session/detection.test.ts",
        "waits for one of another tab, two to four seconds, and asks nothing where that has found the stack",
      ],
    ],
  },
  {
    rows: ["P28"],
    what: "another tab's detection is waited for 500 seconds",
    file: detection,
    find: "lockWaitMs = 2_000",
    replace: "lockWaitMs = 500_000",
    tests: [
      [
        "client/src/session/detection.test.ts",
        "waits for one of another tab, two to four seconds, and asks nothing where that has found the stack",
      ],
    ],
  },
  {
    rows: ["V7"],
    what: "a query fails once both stacks have refused",
    file: detection,
    find: "if (left.length === flight.waiters.size) throw",
    replace: "throw",
    tests: [
      [histories, "V7: goes on when both stacks refuse in turn, because it flips back meanwhile"],
      [switches, "names the tries when neither stack accepts, after some rounds"],
    ],
  },
  {
    rows: ["P1"],
    what: "a detection in vain is passed over",
    file: detection,
    find: "throw summarise(failures);",
    replace: "return;",
    tests: [[switches, "names the tries when neither stack accepts, after some rounds"]],
  },
  {
    rows: ["P26"],
    what: "the pauses between tries do not grow",
    file: "client/src/session/backoff.ts",
    find: "firstMs * 2 ** (n - 1)",
    replace: "firstMs",
    tests: [
      [switches, "names the tries when neither stack accepts, after some rounds"],
      ["client/src/session/backoff.test.ts", "doubles from the first to the longest"],
    ],
  },
  {
    rows: ["P26"],
    what: "all who try again do so at the same time",
    file: "client/src/session/backoff.ts",
    find: "0.5 + runtime.random() / 2",
    replace: "1",
    tests: [["client/src/session/backoff.test.ts", "lies by chance between half of itself and itself"]],
  },
  {
    rows: ["P19"],
    what: "the cluster service asks no store which stack is active",
    file: "client/src/cluster/cluster-calls.ts",
    find: "const stack = strategy ?? active;",
    replace: "const stack = strategy;",
    tests: [
      [
        "client/src/cluster/cluster.test.ts",
        "asks the active stack where it is known, and without a name where that one is gone",
      ],
    ],
  },
  {
    rows: ["G4", "V5"],
    what: "a refusal is looked into, however late it comes",
    file: access,
    find: "if (epoch === now.epoch && strategy === now.active) {",
    replace: "if (true) {",
    tests: [
      [histories, "V5: makes one detection of five hundred refusals, half of which come late"],
      [switches, "repeats a refusal that comes late on the stack that is active by then, without another detection"],
    ],
  },
  {
    rows: ["P21"],
    what: "what is known is believed for ever",
    file: access,
    find: "if (home === undefined && active !== undefined && !isKnown()) detection.confirm(isKnown);",
    replace: "",
    tests: [[announced, "looks in the background whether what is known still holds after %d ms"]],
  },
  {
    rows: ["P11"],
    what: "a connection's first route is that of all its queries",
    file: access,
    find: "return { strategy, epoch, session };",
    replace: "return ((this as { first?: SessionRoute }).first ??= { strategy, epoch, session });",
    tests: [
      [pinning, "prepares its next statement on the stack that is active by then, with nothing of the one before"],
    ],
  },
  {
    rows: ["V11"],
    what: "a session that has gone takes the id of the next one",
    file: sessions,
    find: "// One that was begun later knows better.",
    replace: `const former = (this as { former?: StackSession }).former;
        former?.refresh(former.id, opened.id);
        Object.assign(this, { former: opened });`,
    tests: [[histories, "V11: repeats no call about a query on a session that never prepared it"]],
  },
  {
    rows: ["G12"],
    what: "nobody is told who is ready for the other stack",
    file: "client/src/headers.ts",
    find: "    ...(strategy && ready && ready !== strategy && { [headerReadyStrategy]: ready }),\n",
    replace: "",
    tests: [
      [announced, "is told to the old stack as accepted, once the new one has accepted"],
      [
        "client/src/transport/gateway-transport.test.ts",
        "says that new work goes to %s, unless the call goes there or nobody knows",
        "blue",
      ],
    ],
  },
  {
    rows: ["G12"],
    what: "a client calls itself ready for a stack that has refused it",
    file: follower,
    find: "return pending && pending.id === this.#acceptedFor ? pending.stack : active;",
    replace: "return pending ? pending.stack : active;",
    tests: [[announced, "is told to the old stack as accepted, once the new one has accepted"]],
  },
];
