import type { CallRecord } from "@e6data-web/mock";
import type { Outcome } from "../page/told.ts";
import type { CallIndex } from "./call-index.ts";

/** A job and all of its calls, as few words as tell what happened. */
export function describeJob(outcome: Outcome, index: CallIndex): string {
  const { tab, trace, kind, end, rows, due, strategy, error = "", tookMs } = outcome;
  const calls = index.ofJob(outcome).map((call) => `  ${describeCall(call)}`);
  const head = `tab ${tab} ${kind} ${trace}: ${end} after ${rows} rows and ${Math.round(tookMs)} ms, due ${due}, on ${strategy}`;
  return [head, ...calls, ...error.split("\n").filter(isTelling)].join("\n");
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
