import { describe, expect, it } from "vitest";
import { describeEvent, describeFailure } from "./describe-event.ts";
import type { CheckResult } from "./judge.ts";
import type { WatchEvent, WindowReport } from "./watch-event.ts";

const subject = { phase: "promoted", candidate: "green", former: "blue", version: 3 } as const;
const checks: readonly CheckResult[] = [
  { check: "errorRate", verdict: "fail", calls: 458, value: 0.2034, baseline: 0.00391, limit: 0.05 },
  { check: "p99.new", verdict: "pass", calls: 114, value: 84.3, limit: 782.25, baseline: 260.75 },
  { check: "p50.new", verdict: "inconclusive", calls: 114, value: 45.1, limit: 50, why: "close to the limit" },
  { check: "p99.continue", verdict: "inconclusive", calls: 12, why: "too few calls" },
];
const report: WindowReport = {
  ...subject,
  verdict: "fail",
  seconds: 30.004,
  checks,
  recent: ["pass", "fail"],
  silent: ["http://a", "http://b"],
  gaps: [],
};

describe("describeEvent()", () => {
  it.each<[WatchEvent, string]>([
    [
      { event: "announced", ...subject, phase: "announced" },
      "green is watched: announced by version 3, blue is still active",
    ],
    [{ event: "promoted", ...subject }, "green is watched: promoted by version 3, blue is on standby"],
    [{ event: "draining", ...subject, phase: "draining" }, "green is watched: draining by version 3, blue is draining"],
    [
      { event: "window", ...report },
      "green: fail in 30.0 s: errorRate 20 % > 5 %, p99.new 84 ms ≤ 782 ms, p50.new 45 ms ≈ 50 ms, p99.continue ? (too few calls: 12), no numbers of http://a and http://b",
    ],
    [
      { event: "window", ...report, verdict: "inconclusive", checks: [], silent: [], gaps: ["http://a", "http://c"] },
      "green: inconclusive in 30.0 s: a part of the numbers of http://a and http://c is lost",
    ],
    [{ event: "passed", ...report }, "green has passed: promoted by version 3, blue is on standby"],
    [
      { event: "inconclusive", ...subject, seconds: 1800 },
      "green could not be judged within 1800 s: promoted by version 3, blue is on standby",
    ],
    [{ event: "failed", ...report, reason: "why" }, "FAILED: why"],
    [{ event: "would-roll-back", ...subject, reason: "why" }, "would roll back, but for the dry run: why"],
    [{ event: "rolled-back", ...subject, version: 4, reason: "why" }, "rolled back to blue by version 4: why"],
    [
      { event: "rolled-back", ...subject, version: 4, reason: "why", problem: "one does not answer" },
      "rolled back to blue by version 4: why; but one does not answer",
    ],
    [
      { event: "rollback-failed", ...subject, reason: "why", problem: "the file is locked" },
      "NOT ROLLED BACK, trying again: the file is locked",
    ],
    [{ event: "ended", ...subject, verb: "off" }, "green is watched no more: off"],
    [
      { event: "ended", ...subject, verb: "rollback", reason: "by hand" },
      "green is watched no more: rollback (by hand)",
    ],
    [{ event: "gateway-silent", gateway: "http://a", problem: "refused" }, "no numbers of http://a: refused"],
    [{ event: "gateway-heard", gateway: "http://a" }, "numbers of http://a again"],
    [{ event: "state-unreadable", problem: "no JSON" }, "the deployment's state cannot be read: no JSON"],
    [
      { event: "hook-failed", hook: "chat", of: "passed", problem: "it answers HTTP 500" },
      "the hook chat was not told of passed: it answers HTTP 500",
    ],
  ])("%o", (event, line) => {
    expect(describeEvent(event)).toBe(line);
  });
});

describe("describeFailure()", () => {
  it("gives the numbers of what has failed, and of nothing else", () => {
    expect(describeFailure(report)).toBe(
      "green (promoted) has failed 1 of 2 windows: errorRate 20 % of 458 calls (limit 5 %, blue 0.39 %)",
    );
  });

  it("says where the former stack's numbers are from before the watch", () => {
    const old = checks.map((check) => ({ ...check, isOldBaseline: true as const }));
    expect(describeFailure({ ...report, checks: old })).toMatch(/\(limit 5 %, blue 0\.39 % before the watch\)$/);
  });
});
