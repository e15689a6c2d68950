import { describe, expect, it } from "vitest";
import { readObject } from "../config/reader.ts";
import { type CheckName, readWatch } from "../config/watch.ts";
import type { Histogram } from "./histogram.ts";
import { type Former, judge } from "./judge.ts";
import type { StackTally } from "./stack-tally.ts";
import type { Phase } from "./subject.ts";

const settingsOf = (config: object) => readObject({ hooks: [], ...config }, { path: "watch", folder: "/" }, readWatch);

/** So many calls that all took so long. */
const took = (ms: number, count: number): Histogram => [
  { upTo: ms - 1, count: 0 },
  { upTo: ms, count },
  { upTo: Number.POSITIVE_INFINITY, count },
];

const tally = (parts: Partial<StackTally>): StackTally => ({
  calls: 0,
  mismatches: 0,
  suspended: 0,
  errors: 0,
  abandoned: 0,
  latency: { new: [], continue: [] },
  ...parts,
});

/** A former stack that was never called. */
const nobody: Former = { lately: tally({}), past: tally({}) };

/** The result of one check alone. */
function check(name: CheckName, candidate: Partial<StackTally>, former: Partial<StackTally> = {}, config: object = {}) {
  const { checks } = judge(
    tally(candidate),
    { ...nobody, lately: tally(former) },
    "promoted",
    settingsOf({ checks: [name], ...config }),
  );
  return checks[0];
}

describe("judge(): shares of calls", () => {
  it.each<[string, Partial<StackTally>, Partial<StackTally>, object]>([
    ["fails above the limit", { calls: 100, errors: 6 }, {}, { verdict: "fail", value: 0.06, limit: 0.05 }],
    ["passes below it", { calls: 100, errors: 4 }, {}, { verdict: "pass", value: 0.04, limit: 0.05 }],
    ["does neither close to it", { calls: 100, errors: 5 }, {}, { verdict: "inconclusive", why: "close to the limit" }],
    ["passes without any error", { calls: 100 }, {}, { verdict: "pass", value: 0 }],
    ["needs 50 calls", { calls: 49, errors: 49 }, {}, { verdict: "inconclusive", why: "too few calls", calls: 49 }],
    ["is content with 50", { calls: 50, errors: 50 }, {}, { verdict: "fail", calls: 50 }],
    ["is told nothing by no calls", {}, { calls: 100 }, { verdict: "inconclusive", why: "too few calls", calls: 0 }],
    [
      "is told nothing by refusals",
      { calls: 100, mismatches: 30, suspended: 30 },
      {},
      { verdict: "inconclusive", why: "too few calls", calls: 40 },
    ],
    [
      "leaves refusals out",
      { calls: 200, mismatches: 50, suspended: 50, errors: 6 },
      {},
      { verdict: "fail", value: 0.06, calls: 100 },
    ],
    [
      "asks no more of a stack than of the former one",
      { calls: 100, errors: 14 },
      { calls: 1000, errors: 150 },
      { verdict: "pass", limit: 0.2, baseline: 0.15 },
    ],
    [
      "does not take too few calls of the former one for a measure",
      { calls: 100, errors: 14 },
      { calls: 40, errors: 40 },
      { verdict: "fail", limit: 0.05 },
    ],
  ])("errorRate %s", (_, candidate, former, result) => {
    expect(check("errorRate", candidate, former)).toMatchObject({ check: "errorRate", ...result });
  });

  it("mismatchRate is that of all calls", () => {
    expect(check("mismatchRate", { calls: 100, mismatches: 6 })).toMatchObject({ verdict: "fail", value: 0.06 });
  });

  it("abandonedRate counts those that never ended, so that a stack that hangs can fail", () => {
    expect(check("abandonedRate", { calls: 0, abandoned: 50 })).toMatchObject({ verdict: "fail", value: 1, calls: 50 });
  });

  it.each<[Phase, boolean]>([
    ["announced", false],
    ["promoted", true],
    ["draining", true],
  ])("while %s, mismatches are looked at: %s", (phase, isLookedAt) => {
    const settings = settingsOf({ checks: ["mismatchRate", "errorRate"] });
    const { checks } = judge(tally({ calls: 100, mismatches: 100 }), nobody, phase, settings);
    expect(checks.some(({ check: name }) => name === "mismatchRate")).toBe(isLookedAt);
  });
});

describe("judge(): latency", () => {
  const latency = (ms: number, count: number) => ({ latency: { new: took(ms, count), continue: took(1000, 500) } });

  it.each<[string, Partial<StackTally>, Partial<StackTally>, object, object]>([
    ["fails at 5 times", latency(500, 100), latency(100, 100), {}, { verdict: "fail", calls: 100 }],
    ["passes at twice", latency(200, 100), latency(100, 100), {}, { verdict: "pass" }],
    ["does neither at 2.9 times", latency(290, 100), latency(100, 100), {}, { verdict: "inconclusive" }],
    [
      "is never too long below a quarter of a second",
      latency(190, 100),
      latency(1, 100),
      {},
      { verdict: "pass", limit: 250 },
    ],
    ["needs 100 calls, of which one is slower", latency(500, 99), latency(100, 100), {}, { why: "too few calls" }],
    [
      "needs as many to compare with",
      latency(500, 100),
      latency(100, 99),
      {},
      { verdict: "inconclusive", why: "too few calls of the former stack to compare with" },
    ],
    [
      "needs none beside a limit of its own",
      latency(500, 100),
      {},
      { p99: { max: "400ms" } },
      { verdict: "fail", limit: 400 },
    ],
    [
      "keeps to the smaller limit",
      latency(500, 100),
      latency(400, 100),
      { p99: { max: "450ms" } },
      { verdict: "fail", limit: 450 },
    ],
  ])("p99.new %s", (_, candidate, former, config, result) => {
    expect(check("p99.new", candidate, former, config)).toMatchObject({ check: "p99.new", ...result });
  });

  it("p50 needs no more calls than any check", () => {
    expect(check("p50.new", latency(500, 50), latency(100, 50))).toMatchObject({ verdict: "fail" });
  });

  it("keeps the classes of calls apart", () => {
    const slow = { latency: { new: took(10, 100), continue: took(9000, 100) } };
    expect(check("p99.new", slow, slow)).toMatchObject({ verdict: "pass" });
    expect(check("p99.continue", slow, { latency: { new: took(9000, 100), continue: took(10, 100) } })).toMatchObject({
      verdict: "fail",
    });
  });
});

describe("judge(): what a stack is compared with", () => {
  it("is what the former one did of late, and check by check, where that is too little, what it did before", () => {
    const lately = tally({ calls: 60, errors: 6, latency: { new: took(200, 60), continue: [] } });
    const past = tally({ calls: 1000, errors: 500, latency: { new: took(300, 500), continue: took(400, 100) } });
    const settings = settingsOf({ checks: ["errorRate", "p50.new", "p99.new", "p99.continue", "abandonedRate"] });
    const { checks } = judge(tally({ calls: 100 }), { lately, past }, "promoted", settings);
    expect(checks.map(({ baseline, isOldBaseline }) => [Math.round((baseline ?? 0) * 10) / 10, isOldBaseline])).toEqual(
      [
        [0.1, undefined],
        [199.5, undefined],
        [300, true],
        [400, true],
        [0, undefined],
      ],
    );
  });

  it("is nothing where both are too little", () => {
    const few = tally({ latency: { new: took(100, 99), continue: [] } });
    const { checks } = judge(tally({}), { lately: few, past: few }, "promoted", settingsOf({ checks: ["p99.new"] }));
    expect(checks).toEqual([{ check: "p99.new", calls: 0, verdict: "inconclusive", why: "too few calls" }]);
  });
});

describe("judge(): all together", () => {
  const verdictOf = (candidate: Partial<StackTally>) => {
    const settings = settingsOf({ checks: ["errorRate", "abandonedRate", "p50.new"] });
    const former = { ...nobody, lately: tally({ calls: 100, latency: { new: took(100, 100), continue: [] } }) };
    const { verdict, needsCalls } = judge(tally(candidate), former, "promoted", settings);
    return [verdict, needsCalls];
  };
  const good = { calls: 100, latency: { new: took(100, 100), continue: [] } };

  it.each<[string, Partial<StackTally>, unknown[]]>([
    ["passes where each check passes", good, ["pass", false]],
    ["fails where one fails", { ...good, errors: 50 }, ["fail", false]],
    ["fails also where another could not be judged", { calls: 100, errors: 50 }, ["fail", true]],
    ["does not pass where one could not be judged", { calls: 100 }, ["inconclusive", true]],
    ["does not wait for calls where one is close to its limit", { ...good, errors: 5 }, ["inconclusive", false]],
  ])("%s", (_, candidate, verdict) => {
    expect(verdictOf(candidate)).toEqual(verdict);
  });
});
