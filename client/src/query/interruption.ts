import { E6Error, isE6Error, withDetails } from "../error.ts";
import { type Failure, failureOf } from "../session/recovery.ts";
import { unknownOutcome } from "../session/unknown-outcome.ts";
import { type Pin, placeOf } from "./pin.ts";

const interruptions: ReadonlySet<Failure> = new Set(["mismatch", "session-gone", "lost", "gone"]);

/** What the failure of a call about a query is judged by. */
export interface FailedStep {
  readonly pin: Pin;
  /** True if running the statement twice does no harm. */
  readonly readOnly: boolean;
  /** Rows that callers have by then; nothing while the query is handed to the engine. */
  readonly rowsDelivered?: number | undefined;
  /** True if the caller of that call has left, or had no more time. Default: no. */
  readonly isLeft?: boolean;
}

/**
 * What the failure of a call about a query means for the query, with what is known of it. A stack that refuses to execute has
 * done nothing: that `STRATEGY_MISMATCH` stays as it is.
 */
export function asQueryFailure(error: unknown, { pin, readOnly, rowsDelivered, isLeft }: FailedStep): unknown {
  if (!isE6Error(error)) return error;
  const isSubmission = rowsDelivered === undefined;
  const failure = failureOf(error);
  // A call that was given up may have done its work.
  const isRepeatable = readOnly || (isSubmission && failure !== "timed-out");
  const known = { ...placeOf(pin), ...(!isSubmission && { rowsDelivered }) };
  const details = { cause: error, ...known, retryable: readOnly };
  if (isSubmission && !readOnly && (failure === "lost" || (failure === "timed-out" && !isLeft))) {
    return unknownOutcome("the statement", details);
  }
  // What would pass says nothing of the query, but who has a part of its rows gets no more of them; and a write that was accepted is
  // not to be taken for one that was never heard of.
  const isGone = rowsDelivered !== 0 || (failure === "not-reached" && !readOnly);
  const isCut = failure !== "final" && !isLeft && !isSubmission && isGone;
  if (isCut || (interruptions.has(failure) && !(isSubmission && failure === "mismatch"))) {
    return new E6Error("RESULT_INTERRUPTED", "the stack, the session or the connection of the query was lost", {
      rowsDelivered: 0,
      ...details,
      hint: "run the query again if it only reads",
    });
  }
  return withDetails(error, known, error.retryable && isRepeatable);
}

/** True if the engine itself has ended the query. */
export function isSqlError(error: unknown): boolean {
  return isE6Error(error) && error.code === "SQL_ERROR";
}
