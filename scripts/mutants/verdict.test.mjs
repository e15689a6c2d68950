import { describe, expect, it } from "vitest";
import { readReport } from "./run-tests.mjs";
import { notGreen, notRed } from "./verdict.mjs";

/** @type {import("./mutant.mjs").NamedTest} */
const test = ["a.test.ts", "does %s", "two"];
const mutant = { rows: ["G1"], what: "is broken", file: "a.ts", find: "x", replace: "y", tests: [test] };

/** @param {string} failure @param {string} [title] */
const outcome = (failure, title = "does two") => ({ file: "a.test.ts", title, passed: failure === "", failure });

describe("notRed()", () => {
  it.each(["AssertionError: expected 1 to be 2\n    at a.ts", "E6Error: neither stack accepts work"])(
    "is content with a test that fails by %j",
    (failure) => {
      expect(notRed(mutant, [outcome("", "does one"), outcome(failure)])).toEqual([]);
    },
  );

  it.each([
    ["did not notice: a.test.ts, does %s, two", [outcome(""), outcome("AssertionError: no", "does one")]],
    ["did not run: a.test.ts, does %s, two", [outcome("AssertionError: no", "does another")]],
    ["did not run: a.test.ts, does %s, two", []],
    [
      "is no program any more: a.test.ts, does %s, two: E6Error: x is not defined",
      [outcome("E6Error: x is not defined\n    at a.ts")],
    ],
    [
      "compares nothing, but waits in vain: a.test.ts, does %s, two",
      [outcome("TestTimeoutError: Test timed out in 30000ms.")],
    ],
    ["does not load: a.test.ts: SyntaxError: Unexpected token", [outcome("SyntaxError: Unexpected token\n1 | a", "")]],
  ])("says: %s", (expected, outcomes) => {
    expect(notRed(mutant, outcomes)).toEqual([expected]);
  });
});

describe("notGreen()", () => {
  it("is content with tests that pass", () => {
    expect(notGreen([test], [outcome("")])).toEqual([]);
  });

  it("tells of tests that fail, and of those that are not there", () => {
    expect(notGreen([test], [outcome("AssertionError: no\n    at a.ts")])).toEqual([
      "fails: a.test.ts, does %s, two: AssertionError: no",
    ]);
    expect(notGreen([test], [])).toEqual(["did not run: a.test.ts, does %s, two"]);
    expect(notGreen([test], [outcome("SyntaxError: no", "")])).toEqual(["does not load: a.test.ts: SyntaxError: no"]);
  });
});

describe("readReport()", () => {
  it("tells what ran, and what did not load, by its file in the tree", () => {
    const report = {
      testResults: [
        {
          name: "/tree/a.test.ts",
          message: "",
          assertionResults: [
            { title: "one", status: "passed", failureMessages: [] },
            { title: "two", status: "failed", failureMessages: ["AssertionError: no"] },
            { title: "three", status: "skipped", failureMessages: [] },
          ],
        },
        { name: "/tree/b.test.ts", message: "SyntaxError: no", assertionResults: [] },
      ],
    };
    expect(readReport(report, "/tree")).toEqual([
      { file: "a.test.ts", title: "one", passed: true, failure: "" },
      { file: "a.test.ts", title: "two", passed: false, failure: "AssertionError: no" },
      { file: "b.test.ts", title: "", passed: false, failure: "SyntaxError: no" },
    ]);
  });
});
