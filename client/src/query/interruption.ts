import { E6Error, isE6Error, withDetails } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import { type Pin, placeOf } from "./pin.ts";

const interruptions: ReadonlySet<E6ErrorCode> = new Set(["STRATEGY_MISMATCH", "SESSION_EXPIRED"]);

/** What the failure of a call about a query is judged by. */
export interface FailedStep {
  readonly pin: Pin;
  /** True if running the statement twice does no harm. */
  readonly readOnly: boolean;
  /** Rows that callers have by then; nothing while the query is handed to the engine. */
  readonly rowsDelivered?: number;
}

/**
 * What the failure of a call about a query means for the query, with what is known of it. A stack that refuses to execute has
 * done nothing: that `STRATEGY_MISMATCH` stays as it is, for the query may begin again.
 */
export function asQueryFailure(error: unknown, { pin, readOnly, rowsDelivered }: FailedStep): unknown {
  const isSubmission = rowsDelivered === undefined;
  if (!isE6Error(error) || (isSubmission && error.code === "STRATEGY_MISMATCH")) {
    return error;
  }
  const lost = isAnswerLost(error);
  const known = { ...placeOf(pin), ...(!isSubmission && { rowsDelivered }) };
  const details = { cause: error, ...known, retryable: readOnly };
  if (isSubmission && lost && !readOnly) {
    return new E6Error("SUBMISSION_UNKNOWN", "the answer to the statement was lost: it may have run, or not", {
      ...details,
      hint: "find out whether it ran before you run it again",
    });
  }
  if (lost || interruptions.has(error.code)) {
    return new E6Error("RESULT_INTERRUPTED", "the stack, the session or the connection of the query was lost", {
      rowsDelivered: 0,
      ...details,
      hint: "run the query again if it only reads",
    });
  }
  return withDetails(error, known);
}

/** True if the call may have reached an engine whose answer did not come back. */
function isAnswerLost(error: E6Error): boolean {
  return error.code === "NETWORK" || (error.code === "GATEWAY" && !error.retryable);
}
