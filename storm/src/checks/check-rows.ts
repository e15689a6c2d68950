import type { Finding, PhaseFacts } from "../facts.ts";
import { bufferedKinds, type Outcome, writeKinds } from "../page/told.ts";
import { type CallIndex, lossOf } from "./call-index.ts";
import { describeJob } from "./describe-job.ts";

/**
 * Who reads gets its rows, each once:
 * - A read that hands out nothing before its end never fails.
 * - A stream fails by RESULT_INTERRUPTED alone, with rows in its reader's hands, for a recorded cause.
 * - The rows that were handed out are the right ones, and the client knows how many there were.
 */
export function checkRows(facts: PhaseFacts, index: CallIndex): Finding[] {
  return facts.outcomes.flatMap((outcome) => {
    const rule = brokenRule(facts, outcome, index);
    return rule === undefined ? [] : [{ rule, facts: describeJob(outcome, index, facts) }];
  });
}

function brokenRule(facts: PhaseFacts, outcome: Outcome, index: CallIndex): string | undefined {
  const { kind, end, rows, isExact, rowsDelivered } = outcome;
  if (writeKinds.has(kind)) return undefined;
  if (!isExact) return "rows are missing, or came twice";
  if (end === "ok" || (end === "left" && kind === "break")) return undefined;
  if (kind === "abort" && end === "CANCELLED") return undefined;
  if (bufferedKinds.has(kind) || kind === "abort") return "a read that hands out nothing before its end has failed";
  if (end !== "RESULT_INTERRUPTED") return "a stream has failed by something else than RESULT_INTERRUPTED";
  if (rows === 0) return "a stream was interrupted that had handed out nothing";
  if (rowsDelivered !== rows) return "the error does not know how many rows were handed out";
  return lossOf(facts, outcome, index.ofJob(outcome)) === undefined
    ? "a stream was interrupted without a recorded cause"
    : undefined;
}
