import type { E6Error } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import type { Strategy } from "../headers.ts";
import type { Runtime } from "../runtime.ts";
import type { Route } from "../transport/route.ts";
import type { AccessWait, Home } from "./engine-access.ts";
import { type CallKind, type Cure, type Failure, failureOf } from "./recovery.ts";
import type { RecoveryBudget } from "./recovery-budget.ts";
import type { Sessions } from "./sessions.ts";
import type { StackSession } from "./stack-session.ts";

/** What holds for a piece of work that may need several tries. */
export interface WorkTerms {
  readonly signal: AbortSignal;
  /** Is told what the work waits for before it begins. */
  readonly onWait?: ((wait: AccessWait) => void) | undefined;
  /** The work is done there or nowhere: that stack's refusal is final. */
  readonly home?: Home | undefined;
  /** Whether what has been begun may begin anew; `isHarmless`: the engine has not taken it. Default: it may not. */
  readonly mayRestart?: (isHarmless: boolean) => boolean;
  /** Lets go of what has been begun, so that the next try begins anew. */
  readonly restart?: (cause: E6Error) => void;
}

/** Where a call goes: to a stack on which the work is signed in, or is about to be. */
export type Place = Route & { readonly session?: StackSession };

/** A piece of work, and how far it is: what its next failure is judged by. */
export class Work {
  readonly terms: WorkTerms;
  readonly budget: RecoveryBudget;
  /** The session to try first, until it has turned out to be no good. */
  lent: StackSession | undefined;
  /** Who has refused, and under which view: to be looked into before the next try. */
  refusal: { readonly strategy: Strategy; readonly epoch: string; readonly isMismatch: boolean } | undefined;
  /** What is being cured: told once it is. */
  trouble:
    | { readonly code: E6ErrorCode; readonly since: number; tries: number; by: Exclude<Cure, "give-up"> }
    | undefined;
  /** Whether the caller may name the stack: not for what has a home, nor for what was turned away. */
  mayChoose: boolean;
  call: CallKind = "detection";
  place: Place | undefined;
  readonly #runtime: Runtime;
  readonly #failures = new Map<string, number>();
  #sentId: string | undefined;
  /** Calls since the last failure, and when the first of them left: from then on work went on, unless that one has failed. */
  #calls = 0;
  #wentOnAt = 0;

  constructor(terms: WorkTerms, budget: RecoveryBudget, runtime: Runtime) {
    this.terms = terms;
    this.budget = budget;
    this.lent = terms.home?.session;
    this.mayChoose = terms.home === undefined;
    this.#runtime = runtime;
  }

  /** Says which call comes next, and where it goes. */
  enter(call: CallKind, place?: Place): void {
    this.call = call;
    this.place = place;
    this.#sentId = place?.session?.id;
    // To look for a stack and to sign in belong to the cure.
    if (call !== "detection" && call !== "sign-in" && this.#calls++ === 0) this.#wentOnAt = this.#runtime.now();
  }

  /** What an error says of the call that was made last. */
  judge(error: E6Error, sessions: Sessions): Failure {
    const session = this.place?.session;
    const failure = failureOf(error, session?.id !== this.#sentId);
    // Nobody has denied the one that has taken its place; but a query is bound to its own.
    const isReplaced = session && !error.queryId && (sessions.opened(session.strategy) ?? session) !== session;
    if (failure !== "session-gone" || !(this.lent ?? isReplaced)) return failure;
    this.lent = undefined;
    return "session-refreshed";
  }

  /** Counts a failure of the present call; how many of its kind there were on that stack since work went on. */
  count(failure: Failure): number {
    // What a stack says of its session tells nothing of the other's.
    const key = `${this.call} ${failure} ${this.place?.strategy}`;
    const n = (this.#failures.get(key) ?? 0) + 1;
    if (this.#calls > 1) this.budget.stop(this.#wentOnAt);
    this.#calls = 0;
    this.#failures.set(key, n);
    return n;
  }

  /** Says that work goes on: since the last call, which was a good one. Answers what was cured by then, and how long it took. */
  succeed() {
    const { trouble } = this;
    this.budget.stop(this.#wentOnAt);
    this.#calls = 0;
    this.trouble = undefined;
    this.#failures.clear();
    return trouble && { ...trouble, tookMs: this.#runtime.now() - trouble.since };
  }
}
