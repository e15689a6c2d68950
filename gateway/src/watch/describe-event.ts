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
      return `${event.candidate}: ${describeWindow(event)}`;
    case "passed":
      return `${event.candidate} has passed: ${phaseOf(event)}`;
    case "inconclusive":
      return `${event.candidate} could not be judged within ${event.seconds} s: ${phaseOf(event)}`;
    case "failed":
      return `FAILED: ${event.reason}`;
    case "would-roll-back":
      return `would roll back, but for the dry run: ${event.reason}`;
    case "rolled-back":
      return `rolled back to ${event.former} by version ${event.version}: ${event.reason}${event.problem === undefined ? "" : `; but ${event.problem}`}`;
    case "rollback-failed":
      return `NOT ROLLED BACK, trying again: ${event.problem}`;
    case "gateway-silent":
      return `no numbers of ${event.gateway}: ${event.problem}`;
    case "gateway-heard":
      return `numbers of ${event.gateway} again`;
    case "state-unreadable":
      return `the deployment's state cannot be read: ${event.problem}`;
    case "hook-failed":
      return `the hook ${event.hook} was not told of ${event.of}: ${event.problem}`;
  }
}

/** Why a new stack has failed, with the numbers: what the history keeps of it. */
export function describeFailure({ candidate, former, phase, recent, checks }: WindowReport): string {
  const failed = recent.filter((verdict) => verdict === "fail").length;
  const numbers = checks.filter(({ verdict }) => verdict === "fail").map((check) => describeFully(check, former));
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

function describeWindow({ verdict, seconds, checks, silent, gaps }: WindowReport): string {
  const silence = silent.length === 0 ? [] : [`no numbers of ${silent.join(" and ")}`];
  const loss = gaps.length === 0 ? [] : [`a part of the numbers of ${gaps.join(" and ")} is lost`];
  return `${verdict} in ${seconds.toFixed(1)} s: ${[...checks.map(describeBriefly), ...silence, ...loss].join(", ")}`;
}

function describeBriefly({ check, verdict, calls, value, limit, why }: CheckResult): string {
  if (value === undefined || limit === undefined) {
    return `${check} ? (${why}: ${calls})`;
  }
  const sign = { pass: "≤", fail: ">", inconclusive: "≈" }[verdict];
  return `${check} ${describeNumber(check, value)} ${sign} ${describeNumber(check, limit)}`;
}

/** A check with all that it rests on. Only one that has failed is told so: it has a value and a limit. */
function describeFully(result: CheckResult, former: string): string {
  const { check, calls, value = 0, baseline, isOldBaseline, limit = 0 } = result;
  const since = isOldBaseline === true ? " before the watch" : "";
  const compared = baseline === undefined ? "" : `, ${former} ${describeNumber(check, baseline)}${since}`;
  return `${check} ${describeNumber(check, value)} of ${calls} calls (limit ${describeNumber(check, limit)}${compared})`;
}

/** Two digits say enough. */
function describeNumber(check: CheckName, amount: number): string {
  const [value, unit] = check.endsWith("Rate") ? [amount * 100, "%"] : [amount, "ms"];
  return `${Number(value.toPrecision(value >= 100 ? 3 : 2))} ${unit}`;
}
