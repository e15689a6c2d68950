import { E6Error, isE6Error } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import { type Pin, placeOf } from "./pin.ts";

/** How far a query had come when it failed: while it was handed to the engine, or after the engine had accepted it. */
export type Step = "execute" | "fetch";

const interruptions: ReadonlySet<E6ErrorCode> = new Set(["STRATEGY_MISMATCH", "SESSION_EXPIRED"]);

/**
 * What the failure of a call about a query means for the query. A stack that refuses to execute has done nothing: that
 * `STRATEGY_MISMATCH` stays as it is, for the query may begin again. `readOnly`: running the statement twice does no harm.
 */
export function asQueryFailure(
  error: unknown,
  step: Step,
  pin: Pin,
  readOnly: boolean,
  rowsDelivered: number,
): unknown {
  if (!isE6Error(error) || (step === "execute" && error.code === "STRATEGY_MISMATCH")) {
    return error;
  }
  const lost = isAnswerLost(error);
  const details = { cause: error, ...placeOf(pin), retryable: readOnly };
  if (step === "execute" && lost && !readOnly) {
    return new E6Error("SUBMISSION_UNKNOWN", "the answer to the statement was lost: it may have run, or not", {
      ...details,
      hint: "find out whether it ran before you run it again",
    });
  }
  if (lost || interruptions.has(error.code)) {
    return new E6Error("RESULT_INTERRUPTED", "the stack, the session or the connection of the query was lost", {
      ...details,
      rowsDelivered,
      hint: "run the query again if it only reads",
    });
  }
  return error;
}

/** True if the call may have reached an engine whose answer did not come back. */
function isAnswerLost(error: E6Error): boolean {
  return error.code === "NETWORK" || (error.code === "GATEWAY" && !error.retryable);
}
