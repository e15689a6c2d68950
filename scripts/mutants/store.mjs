/** @typedef {import("./mutant.mjs").Mutant} Mutant */

const store = "client/src/store/shared-store.ts";
const sharing = "client/src/store/shared-store.sharing.test.ts";
const failing = "client/src/store/shared-store.failure.test.ts";
const stored = "client/src/connection.store.test.ts";
const tabs = "storm/browsers/core-suite.ts";
const faults = "storm/browsers/chromium-faults.road.test.ts";
const inBrowser = "client/src/connection.store.browser.test.ts";

/** @type {readonly Mutant[]} what tabs share */
export const storeMutants = [
  {
    rows: ["G5", "P20"],
    what: "what a connection finds out stays with it",
    file: store,
    find: "this.#events.push(event);\n      void this.#sync();",
    replace: "this.#mirror = next;",
    tests: [
      [
        tabs,
        "are joined by one that was reloaded and by a new one, which ask only the active stack and disturb nobody",
      ],
      [stored, "asks at once the stack that another connection has found"],
      [sharing, "says which version is to be read, and rings for what is committed alone"],
    ],
  },
  {
    rows: ["G5"],
    what: "a page that comes back does not read the store again",
    file: store,
    find: "() => this.#wake(),\n      () => this.#rest(),",
    replace: "() => undefined,\n      () => this.#rest(),",
    tests: [
      [sharing, "reads again when the page is seen again, not awaited by anyone"],
      [faults, "knows at once where the others have gone, and is heard again"],
    ],
  },
  {
    rows: ["G5"],
    what: "a tab forgets what it knows where the store is empty",
    file: store,
    find: "this.#mirror = row ?? this.#mirror;",
    replace: "this.#mirror = row ?? unknownStrategy(this.#mirror.lineage, this.#mirror.epoch);",
    tests: [[failing, "is not made to forget by an empty row"]],
  },
  {
    rows: ["G5", "G6"],
    what: "a call waits for storage as long as that takes",
    file: store,
    find: "longestReadMs = 100",
    replace: "longestReadMs = 60_000",
    tests: [[stored, "lets the first call wait for a store that does not answer for 100 ms, and no other call at all"]],
  },
  {
    rows: ["G6", "P24"],
    what: "a tab writes what it believes over what others have written",
    file: store,
    find: "const base = row ?? this.#bornAnew(this.#mirror);",
    replace: "const base = row === undefined ? this.#bornAnew(this.#mirror) : this.#mirror;",
    tests: [
      [
        "client/src/store/shared-store.property.test.ts",
        "comes to one row, mirrors that are equal to it, and a version for each committed change",
      ],
    ],
  },
  {
    rows: ["G6", "P28"],
    what: "a lock is held for 500 seconds by who is frozen",
    file: "client/src/store/tab-lock.ts",
    find: "longestHoldMs = 4_000",
    replace: "longestHoldMs = 500_000",
    tests: [[sharing, "holds a lock for four seconds at most, whatever the work does"]],
  },
  {
    rows: ["G6"],
    what: "who waits for a lock waits until it is given back",
    file: "client/src/store/tab-lock.ts",
    find: "await Promise.race([taken.promise, ask(), tooLate]);",
    replace: "await Promise.race([taken.promise, ask()]);",
    tests: [[sharing, "goes on without a lock that another holds for too long, having read again"]],
  },
  {
    rows: ["G8"],
    what: "an epoch is named after the session that was opened in it",
    file: "client/src/session/detection.ts",
    find: "const nextEpoch = this.#runtime.newId();",
    replace: "const nextEpoch = (await this.#sessions.on(stack)).id;",
    tests: [
      [stored, "shares no credential, session or statement"],
      [tabs, "lose no query in a storm of flips, and leave no secret anywhere"],
    ],
  },
  {
    rows: ["G9"],
    what: "a tab does not step down where the platform fails",
    file: store,
    find: "this.#isAlone = true;",
    replace: "",
    tests: [
      [failing, "keeps to itself when it fails as it %s, and says so once"],
      [failing, "says nothing more while every try fails"],
    ],
  },
  {
    rows: ["G9"],
    what: "a platform that never answers is waited for",
    file: store,
    find: "longestTransactionMs = 2_000",
    replace: "longestTransactionMs = 60_000",
    tests: [
      [
        failing,
        "keeps to itself when the platform has not answered for two seconds, with all that was found out meanwhile",
      ],
    ],
  },
  {
    rows: ["G9"],
    what: "a tab that was alone writes what it knows over what others know",
    file: store,
    find: "this.#mirror = this.#bornAnew(this.#view);\n    this.#events = [];",
    replace: "this.#mirror = this.#bornAnew(this.#view);",
    tests: [[failing, "reads what the others know once the page is seen again, and writes nothing"]],
  },
  {
    rows: ["G9"],
    what: "missing locks are told each time",
    file: store,
    find: "this.#hasNoLocks = true;",
    replace: "",
    tests: [
      [sharing, "works without locks where they %s, and says so once"],
      [tabs, "share what they know where there are no locks"],
      [faults, "(%s) says so once, goes on alone, and holds up nobody", "locks missing"],
    ],
  },
  {
    rows: ["V10"],
    what: "a row that was wiped is begun again in its old lineage",
    file: store,
    find: "{ ...state, lineage: this.#parts.runtime.newId(), version: 0 }",
    replace: "{ ...state, version: 0 }",
    tests: [
      [failing, "begins the row anew from what is known, as another lineage, which all take over"],
      [tabs, "go on sharing when the user clears the data of the site under them"],
    ],
  },
  {
    rows: ["P18"],
    what: "two clusters of one gateway share their state",
    file: "client/src/store/cluster-key.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the client's own text.
    find: '`${baseUrl} ${cluster ?? ""}`',
    replace: "baseUrl",
    tests: [[inBrowser, "keeps clusters apart"]],
  },
  {
    rows: ["P18"],
    what: "two gateways share their state",
    file: "client/src/store/cluster-key.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the client's own text.
    find: '`${baseUrl} ${cluster ?? ""}`',
    replace: '(cluster ?? "")',
    tests: [[inBrowser, "keeps gateways apart"]],
  },
];
