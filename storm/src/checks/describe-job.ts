import type { CallRecord } from "@e6data-web/mock";
import type { PhaseFacts } from "../facts.ts";
import type { Outcome } from "../page/told.ts";
import type { CallIndex } from "./call-index.ts";

/** A job with all of its calls, and what was done to the stacks meanwhile: as few words as tell what happened. */
export function describeJob(outcome: Outcome, index: CallIndex, facts: PhaseFacts): string {
  const { tab, trace, kind, end, rows, due, strategy, error = "", tookMs } = outcome;
  const calls = index.ofJob(outcome).map((call) => `  ${describeCall(call)}`);
  const head = `tab ${tab} ${kind} ${trace}: ${end} after ${rows} rows and ${Math.round(tookMs)} ms, due ${due}, on ${strategy}`;
  return [head, ...deedsDuring(outcome, facts), ...calls, ...error.split("\n").filter(isTelling)].join("\n");
}

function deedsDuring({ begunAt, tookMs }: Outcome, { flips, lostStacks, expiries }: PhaseFacts): string[] {
  const since = (time: number) => Math.round(time - begunAt);
  const isDuring = (from: number, to: number) => from <= begunAt + tookMs && to >= begunAt;
  return [
    ...flips
      .filter((flip) => isDuring(flip.begunAt, flip.endedAt))
      .map(
        ({ kind, from, to, begunAt: at, endedAt }) =>
          `  ${kind} ${from} to ${to}, ${since(at)} to ${since(endedAt)} ms`,
      ),
    ...lostStacks
      .filter(({ from, to }) => isDuring(from, to))
      .map(({ stack, from, to }) => `  ${stack} was down, ${since(from)} to ${since(to)} ms`),
    ...expiries.filter((at) => isDuring(at, at)).map((at) => `  sessions expired, ${since(at)} ms`),
  ];
}

/** One call in a line. */
export function describeCall({ number, stack, rpc, session, query, plannerIp, fault, outcome }: CallRecord): string {
  const by = [session, query].map((id) => id?.slice(0, 8) ?? "-").join(" ");
  return [
    `#${number} ${stack} ${rpc} ${by} ${plannerIp ?? "-"} ${JSON.stringify(outcome)}`,
    fault && JSON.stringify(fault),
  ]
    .filter((part) => part !== undefined)
    .join(" ");
}

/** Not the frames of a stack, which are the bundler's. */
function isTelling(line: string): boolean {
  return line !== "" && line !== "undefined" && !/^\s+at /.test(line);
}
