import type { CheckName } from "../config/watch.ts";
import type { CheckResult } from "./judge.ts";
import type { EventSubject, WatchEvent, WindowReport } from "./watch-event.ts";

/** An event as one line for people. */
export function describeEvent(event: WatchEvent): string {
  switch (event.event) {
    case "announced":
    case "promoted":
    case "draining":
      return `${event.candidate} is watched: ${phaseOf(event)}`;
    case "ended":
      return `${event.candidate} is watched no more: ${event.verb}${event.reason === undefined ? "" : ` (${event.reason})`}`;
    case "window":
      return `${event.candidate}: ${event.verdict} in ${event.seconds} s; ${describeChecks(event.checks)}${describeSilence(event)}`;
    case "passed":
      return `${event.candidate} has passed: ${phaseOf(event)}; ${describeChecks(event.checks)}`;
    case "inconclusive":
      return `${event.candidate} could not be judged within ${event.seconds} s: ${phaseOf(event)}`;
    case "failed":
      return `FAILED ${event.reason}`;
    case "would-roll-back":
      return `would roll back (dry run): ${event.reason}`;
    case "rolled-back":
      return `rolled back to ${event.former}, version ${event.version}: ${event.problem ?? event.reason}`;
    case "rollback-failed":
      return `NOT ROLLED BACK, trying again: ${event.problem}`;
    case "gateway-silent":
      return `no numbers of ${event.gateway}: ${event.problem}`;
    case "gateway-heard":
      return `numbers of ${event.gateway} again`;
    case "state-unreadable":
      return `the deployment's state cannot be read: ${event.problem}`;
    case "hook-failed":
      return `the hook ${event.hook} was not told of "${event.of}": ${event.problem}`;
  }
}

/** Why a new stack has failed, with the numbers: what the history keeps of it. */
export function describeFailure({ candidate, former, phase, recent, checks }: Omit<WindowReport, "seconds">): string {
  const failed = recent.filter((verdict) => verdict === "fail").length;
  const numbers = checks.filter(({ verdict }) => verdict === "fail").map((check) => describeCheck(check, former));
  return `${candidate} (${phase}) has failed ${failed} of ${recent.length} windows: ${numbers.join("; ")}`;
}

function phaseOf({ phase, former, version }: EventSubject): string {
  const where = {
    announced: `${former} is still active`,
    promoted: `${former} is on standby`,
    draining: `${former} is draining`,
  };
  return `${phase} by version ${version}, ${where[phase]}`;
}

function describeChecks(checks: readonly CheckResult[]): string {
  return checks.map((check) => `${check.verdict === "fail" ? "FAIL " : ""}${describeCheck(check)}`).join("; ");
}

function describeCheck({ check, calls, value, baseline, limit, why }: CheckResult, former = "before"): string {
  const number = (amount: number) => describeNumber(check, amount);
  const compared = baseline === undefined ? [] : [`${former} ${number(baseline)}`];
  const limited = limit === undefined ? [] : [`limit ${number(limit)}`];
  const known = value === undefined ? (why ?? "unknown") : number(value);
  return `${check} ${known} of ${calls} calls (${[...limited, ...compared].join(", ") || "no limit"})`;
}

/** Two digits say enough; a share that is not zero must not look like it. */
function describeNumber(check: CheckName, amount: number): string {
  const [value, unit] = check.endsWith("Rate") ? [amount * 100, "%"] : [amount, "ms"];
  return `${Number(value.toPrecision(value >= 100 ? 3 : 2))} ${unit}`;
}

function describeSilence({ silent }: WindowReport): string {
  return silent.length === 0 ? "" : `; no numbers of ${silent.join(", ")}`;
}
