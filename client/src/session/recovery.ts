import type { E6Error } from "../error.ts";

/** What a failure says of the call that met it. */
export type Failure =
  /** The stack refuses the call before it has done anything (456). */
  | "mismatch"
  /** The engine does not know the session that was sent, and nor does this side know a newer id of it. */
  | "session-gone"
  /** The engine does not know the id that was sent; meanwhile an answer has given the session a new one. */
  | "session-refreshed"
  /** The cluster sleeps; it has not seen the call. */
  | "suspended"
  /** The gateway says that the call has not reached the stack, which may be down. */
  | "not-reached"
  /** The gateway has taken no more calls for now: it is not the stack's fault. */
  | "limited"
  /** Whether the call arrived, and what became of it, is unknown. */
  | "lost"
  /** The engine, or the time limit of the call, gave it up. */
  | "timed-out"
  /** The credentials that went with the call are no good. */
  | "unauthenticated"
  /** The engine has no such thing: of a call about a query, no such query. */
  | "gone"
  /** A second try would end likewise. */
  | "final";

/** What a call is to recovery. */
export type CallKind =
  /** The search for the active stack, which has made its own tries. */
  | "detection"
  | "sign-in"
  /** A call without a query that changes nothing. */
  | "new"
  /** A call without a query that changes something. */
  | "change"
  /** Prepares a query, which runs nothing. */
  | "prepare"
  /** Hands a prepared query over. */
  | "execute"
  /** A call about a query that changes nothing. */
  | "read"
  /** Takes rows, which moves the engine's cursor. */
  | "fetch"
  /** Gives a query back. */
  | "end";

/** What is done about a failure. */
export type Cure =
  /** The same call again, after a pause. */
  | "repeat"
  /** A new session on the same stack, and the work again. */
  | "sign-in"
  /** The search for the active stack, and the work again, there. */
  | "detect"
  /** The cluster is woken up, and the same call made again. */
  | "wake-up"
  /** The query begins again from prepare, if it only reads and nobody has any of its rows. */
  | "restart"
  /** Likewise, also if it writes: the engine has not taken it. */
  | "begin-again"
  | "give-up";

const repeat: readonly Cure[] = ["repeat"];
const restart: readonly Cure[] = ["restart"];
const detect: readonly Cure[] = ["detect"];
const repeatThenDetect: readonly Cure[] = ["repeat", "detect"];
const repeatThenRestart: readonly Cure[] = ["repeat", "restart"];
const restartOnce: readonly Cure[] = ["restart", "give-up"];
const twice = (cure: Cure): readonly Cure[] => [cure, cure, "give-up"];
/** Denied for the third time: not the session is missing, but a right. */
const signInTwice = twice("sign-in");
const restartTwice = twice("restart");
/** What said so the first time may have been asked before the cluster was awake. */
const wakeUpTwice = twice("wake-up");

const beforeAnyQuery = (cures: readonly Cure[]) => ({ "sign-in": cures, new: cures, change: cures, prepare: cures });
const ofQuery = (execute: readonly Cure[], read = execute, fetch = read) => ({ execute, read, fetch });
const always = (cures: readonly Cure[]) => ({ ...beforeAnyQuery(cures), ...ofQuery(cures) });

/**
 * What is tried against which failure of which call: against the n-th in a row the n-th, and then the last again and again, as far as
 * the budget goes. What cannot be done gives way to what stands before it; where nothing is left, and where nothing stands, the
 * failure is the caller's. What changes something on its way is made again only where it certainly has not begun.
 */
export const recoveryTable: Readonly<Record<Failure, Readonly<Partial<Record<CallKind, readonly Cure[]>>>>> = {
  mismatch: { ...beforeAnyQuery(detect), ...ofQuery(["begin-again"], restart) },
  "session-gone": { ...beforeAnyQuery(signInTwice), "sign-in": repeat, ...ofQuery(restartTwice) },
  "session-refreshed": { ...always(repeat), "sign-in": [] },
  suspended: { detection: wakeUpTwice, ...always(wakeUpTwice) },
  "not-reached": { ...beforeAnyQuery(repeatThenDetect), ...ofQuery(["repeat", "begin-again"], repeatThenRestart) },
  limited: always(repeat),
  lost: {
    ...{ "sign-in": repeatThenDetect, new: repeatThenDetect, prepare: repeatThenDetect },
    ...ofQuery(restart, repeatThenRestart, restart),
  },
  "timed-out": { "sign-in": detect },
  // A bearer token that has run out has been replaced by then, or the first call of the new query says so.
  unauthenticated: { execute: restartOnce, fetch: restartOnce },
  gone: ofQuery(restart),
  final: {},
};

/** What to do about the `n`-th failure of its kind in a row, from 1, where only some can be done. */
export function cureOf(failure: Failure, call: CallKind, n: number, isPossible: (cure: Cure) => boolean): Cure {
  const cures = recoveryTable[failure][call] ?? [];
  return cures.slice(0, n).findLast(isPossible) ?? "give-up";
}

/** Reads an error as {@link Failure}. `isRefreshed`: the session has another id by now than the call had. */
export function failureOf({ code, reason, retryable }: E6Error, isRefreshed = false): Failure {
  switch (code) {
    case "STRATEGY_MISMATCH":
      return "mismatch";
    case "SESSION_EXPIRED":
      return isRefreshed ? "session-refreshed" : "session-gone";
    case "CLUSTER_SUSPENDED":
      return "suspended";
    case "NETWORK":
      return "lost";
    // Only the gateway knows that a call has not reached an engine, and says so by a reason.
    case "GATEWAY":
      // What it refuses for what it is, no engine hears of, however often it is called.
      if (reason === "INVALID_STRATEGY" || reason === "NO_ROUTE") return "final";
      return retryable && reason ? "not-reached" : "lost";
    case "RATE_LIMITED":
    case "RESOURCE_EXHAUSTED":
      return retryable && reason ? "limited" : "final";
    case "DEADLINE_EXCEEDED":
      return "timed-out";
    case "AUTHENTICATION_FAILED":
      return "unauthenticated";
    case "NOT_FOUND":
      return "gone";
    default:
      return "final";
  }
}
