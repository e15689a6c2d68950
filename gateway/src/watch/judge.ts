import type { CallClass } from "e6data-web/proto";
import type { CheckName, LatencyCheck, Quantile, RateCheck, WatchSettings } from "../config/watch.ts";
import { countOf, quantile } from "./histogram.ts";
import type { StackTally } from "./stack-tally.ts";
import type { Phase } from "./subject.ts";

/** What a window says of a stack. Too little to judge by is neither success nor failure. */
export type Verdict = "pass" | "fail" | "inconclusive";

/** What one check says, with its numbers. */
export interface CheckResult {
  readonly check: CheckName;
  readonly verdict: Verdict;
  /** How many calls it rests on. */
  readonly calls: number;
  /** A share from 0 to 1, or milliseconds. Absent where there are too few calls. */
  readonly value?: number;
  /** The same of the former stack. Absent where it has too few calls. */
  readonly baseline?: number;
  /** True where that is from before the watch, for want of anything newer. */
  readonly isOldBaseline?: true;
  readonly limit?: number;
  /** Why it is inconclusive. */
  readonly why?: string;
}

/** What a window says. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
  /** True where more calls could still bring a verdict. */
  readonly needsCalls: boolean;
}

/** What a new stack is compared with, check by check: the second where the first has too few calls for one. */
export interface Former {
  /** What the former stack did of late. */
  readonly lately: StackTally;
  /** What it had done before it was watched. */
  readonly past: StackTally;
}

/** What was measured: of how many calls, and if these are enough, how much. */
interface Measured {
  readonly calls: number;
  readonly value?: number;
}

/** A quantile's name and the share of values that it is about. */
const shares: Readonly<Record<Quantile, number>> = { p50: 0.5, p99: 0.99 };

/**
 * Judges the new stack by what it and the former one did. Pure. Fails if any check fails; passes if every check passes.
 * The 456 of a stack that is only announced are no concern: clients ask it again and again until it takes them.
 */
export function judge(candidate: StackTally, former: Former, phase: Phase, settings: WatchSettings): Judgement {
  const names = settings.checks.filter((name) => name !== "mismatchRate" || phase !== "announced");
  const checks = names.map((name) => {
    const lately = measure(name, former.lately, settings).value;
    const baseline = lately ?? measure(name, former.past, settings).value;
    const result = checkOf(name, measure(name, candidate, settings), baseline, settings);
    return lately === undefined && baseline !== undefined ? { ...result, isOldBaseline: true as const } : result;
  });
  const verdicts = new Set(checks.map(({ verdict }) => verdict));
  return {
    verdict: verdicts.has("fail")
      ? "fail"
      : verdicts.has("inconclusive") || checks.length === 0
        ? "inconclusive"
        : "pass",
    checks,
    needsCalls: checks.some(({ value }) => value === undefined),
  };
}

function measure(name: CheckName, tally: StackTally, { minRequests }: WatchSettings): Measured {
  if (isRate(name)) {
    const [part, calls] = shareOf(name, tally);
    return calls < minRequests ? { calls } : { calls, value: part / calls };
  }
  const [which, callClass] = partsOf(name);
  const histogram = tally.latency[callClass];
  const calls = countOf(histogram);
  // Of fewer calls a quantile is only the slowest one.
  const enough = Math.max(minRequests, Math.round(1 / (1 - shares[which])));
  const value = calls < enough ? undefined : quantile(histogram, shares[which]);
  return value === undefined ? { calls } : { calls, value };
}

/** Which calls, and of which. */
function shareOf(name: RateCheck, { calls, errors, mismatches, suspended, abandoned }: StackTally): [number, number] {
  switch (name) {
    case "errorRate":
      // A refusal says nothing of how well a stack works.
      return [errors, calls - mismatches - suspended];
    case "mismatchRate":
      return [mismatches, calls];
    case "abandonedRate":
      return [abandoned, calls + abandoned];
  }
}

function checkOf(check: CheckName, now: Measured, baseline: number | undefined, settings: WatchSettings): CheckResult {
  const limit = isRate(check) ? rateLimit(check, baseline, settings) : latencyLimit(check, baseline, settings);
  const result = {
    check,
    ...now,
    ...(baseline === undefined ? {} : { baseline }),
    ...(limit === undefined ? {} : { limit }),
  };
  if (now.value === undefined) {
    return { ...result, verdict: "inconclusive", why: "too few calls" };
  }
  if (limit === undefined) {
    return { ...result, verdict: "inconclusive", why: "too few calls of the former stack to compare with" };
  }
  if (now.value > limit) {
    return { ...result, verdict: "fail" };
  }
  return now.value <= limit * (1 - settings.margin)
    ? { ...result, verdict: "pass" }
    : { ...result, verdict: "inconclusive", why: "close to the limit" };
}

function rateLimit(name: RateCheck, baseline: number | undefined, { rates }: WatchSettings): number {
  const { max, overBaseline } = rates[name];
  return baseline === undefined ? max : Math.max(max, baseline + overBaseline);
}

function latencyLimit(name: LatencyCheck, baseline: number | undefined, settings: WatchSettings): number | undefined {
  const { times, atLeast, max } = settings.latency[partsOf(name)[0]];
  const compared = baseline === undefined ? undefined : Math.max(atLeast, times * baseline);
  return compared === undefined || max === undefined ? (compared ?? max) : Math.min(compared, max);
}

function isRate(name: CheckName): name is RateCheck {
  return name.endsWith("Rate");
}

function partsOf(name: LatencyCheck): [Quantile, CallClass] {
  return [name.startsWith("p50") ? "p50" : "p99", name.endsWith(".new") ? "new" : "continue"];
}
