import type { SharedWakeUp } from "../cluster/shared-wake-up.ts";
import type { ResumeProgress } from "../cluster/wake-up.ts";
import { E6Error, isE6Error } from "../error.ts";
import type { Strategy } from "../headers.ts";
import type { Runtime } from "../runtime.ts";
import { isWithin } from "../strategy/is-within.ts";
import type { StrategyState } from "../strategy/strategy-state.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import { abortError, waitFor } from "../transport/cancellation.ts";
import type { Route } from "../transport/route.ts";
import type { TellDeployment } from "./deployment-event.ts";
import type { Detection } from "./detection.ts";
import type { Follower } from "./follower.ts";
import type { Pins } from "./pins.ts";
import { type CallKind, type Cure, cureOf, type Failure } from "./recovery.ts";
import { RecoveryBudget } from "./recovery-budget.ts";
import type { Sessions } from "./sessions.ts";
import type { StackSession } from "./stack-session.ts";
import { Work, type WorkTerms } from "./work.ts";

/** A route on which somebody is signed in. */
export type SessionRoute = Route & { readonly session: StackSession };

/** What new work waits for before it begins. */
export type AccessWait =
  /** A sign-in, or the search for the active stack. */
  | { readonly type: "authenticating" }
  /** A suspended cluster wakes up. */
  | ({ readonly type: "resuming" } & ResumeProgress);

/** Where work has to be done, whichever stack is active. */
export interface Home {
  readonly strategy: Strategy;
  /** The session to try first. Default: the connection's own on that stack. */
  readonly session?: StackSession | undefined;
}

/** An engine needs a moment before it gives a new session in place of one that it has just dropped. */
const signInPauseMs = 200;

/** What leads to the engine. */
export interface EngineAccessParts {
  readonly sessions: Sessions;
  readonly detection: Detection;
  readonly follower: Follower;
  readonly pins: Pins;
  readonly store: StrategyStore;
  readonly runtime: Runtime;
  readonly tell: TellDeployment;
  /** Nothing: a suspended cluster stays suspended, and work on it rejects with `CLUSTER_SUSPENDED`. */
  readonly wakeUp: SharedWakeUp | undefined;
  /** How long what is known about the deployment is believed, in milliseconds. */
  readonly ttlMs: number;
  /** How long the failures of one piece of work may be cured, in milliseconds. */
  readonly recoveryMs: number;
  /** The stack that the caller wants for new work; nothing: the active one. */
  readonly select: (view: StrategyState) => Strategy | undefined;
}

/** Leads work to the engine, and to it again as long as its failures can be cured: see `recoveryTable`. */
export class EngineAccess {
  readonly #parts: EngineAccessParts;

  constructor(parts: EngineAccessParts) {
    this.#parts = parts;
  }

  /** Runs new work on the active stack. `work` may be run several times: as often as failures of a `call` of its kind allow. */
  async run<T>(
    work: (route: SessionRoute) => Promise<T>,
    terms: WorkTerms,
    call: Extract<CallKind, "new" | "change" | "prepare"> = "new",
  ): Promise<T> {
    const at = this.begin(terms);
    return await this.during(() =>
      this.persist(at, async () => {
        const route = await this.route(at);
        at.enter(call, route);
        const done = await work(route);
        if (terms.home === undefined) this.worked(route);
        return done;
      }),
    );
  }

  /** Begins a piece of work: its budget lasts until its end. */
  begin(terms: WorkTerms): Work {
    const { store, runtime, recoveryMs } = this.#parts;
    return new Work(terms, new RecoveryBudget(store, runtime, recoveryMs), runtime);
  }

  /** Does something that is about to become a query. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const pin = {};
    this.#parts.pins.hold(pin);
    try {
      return await work();
    } finally {
      this.#parts.pins.release(pin);
    }
  }

  /**
   * Takes the next step of a piece of work: again and again, until it is taken or its failure cannot be cured. The step says at each
   * call which one it is; what it has done before, it remembers.
   */
  async persist<T>(work: Work, step: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const done = await step();
        const cured = work.succeed();
        if (cured !== undefined) {
          const { code, tries, tookMs, by } = cured;
          const told = by === "detect" ? "detection" : by === "begin-again" ? "restart" : by;
          this.#parts.tell({ type: "recovered", code, by: told, tries, tookMs });
        }
        return done;
      } catch (error) {
        await this.#cure(work, error);
      }
    }
  }

  /** The stack for new work, with a session on it. */
  async route(work: Work): Promise<SessionRoute> {
    const { sessions, detection, follower, store, runtime, ttlMs } = this.#parts;
    const { signal, home, onWait } = work.terms;
    if (store.ready !== undefined) await waitFor(store.ready, signal);
    // A sign-in serves others too and heeds no caller's signal: one who has left already does not begin it.
    if (signal.aborted) throw abortError(signal);
    work.enter("detection");
    follower.begin();
    if (work.refusal !== undefined) {
      work.mayChoose = false;
      await this.#lookInto(work, work.refusal);
    }
    work.refusal = undefined;
    const selected = await this.#selected(work);
    if (selected !== undefined) return selected;
    let { active, epoch } = store.read();
    const isKnown = () => isWithin(ttlMs, store.read().checkedAt, runtime.wallMs());
    if (home === undefined && active !== undefined && !isKnown()) detection.confirm(isKnown);
    let strategy = home?.strategy ?? (active && follower.stackFor(active));
    if (work.lent === undefined && (strategy === undefined || !sessions.isOpen(strategy))) {
      onWait?.({ type: "authenticating" });
    }
    if (strategy === undefined) {
      await this.#detect(work, undefined);
      ({ active, epoch } = store.read());
      strategy = active && follower.stackFor(active);
    }
    if (strategy === undefined) {
      throw new E6Error("NO_ACTIVE_STACK", "neither stack accepts work", { retryable: true });
    }
    work.enter("sign-in", { strategy, epoch });
    const session = work.lent ?? (await waitFor(sessions.on(strategy), signal));
    return { strategy, epoch, session };
  }

  /** The stack that the caller has named, with a session on it; nothing where that is the active one, or does not accept. */
  async #selected(work: Work): Promise<SessionRoute | undefined> {
    const { sessions, store, select, tell } = this.#parts;
    const { signal, onWait } = work.terms;
    const view = store.read();
    const { active, epoch } = view;
    const strategy = work.mayChoose ? select(view) : undefined;
    if (strategy === undefined || strategy === active) return undefined;
    if (!sessions.isOpen(strategy)) onWait?.({ type: "authenticating" });
    try {
      return { strategy, epoch, session: await waitFor(sessions.on(strategy), signal) };
    } catch (error) {
      if (signal.aborted) throw error;
      work.mayChoose = false;
      tell({ type: "selection-ignored", stack: strategy, code: isE6Error(error) ? error.code : undefined });
      return undefined;
    }
  }

  /** Says that a stack has done what was asked of it. */
  worked(route: Route): void {
    this.#dispatch("worked", route);
  }

  /** Does what the table says about a failure; throws it where that is nothing. */
  async #cure(work: Work, error: unknown): Promise<void> {
    const { runtime, sessions } = this.#parts;
    const { signal, home } = work.terms;
    const { budget, place } = work;
    if (!isE6Error(error) || signal.aborted) throw error;
    // To be told what is wrong with a statement is a good answer of the stack.
    if (error.code === "SQL_ERROR" && place !== undefined) this.worked(place);
    const failure = work.judge(error, sessions);
    const n = work.count(failure);
    const cure = budget.fail()
      ? cureOf(failure, work.call, n, (possible) => this.#isPossible(possible, work))
      : "give-up";
    const isFree = failure === "mismatch" || failure === "session-refreshed";
    const leastMs = failure === "session-gone" ? signInPauseMs : 0;
    const pauseMs = cure === "wake-up" && n === 1 ? 0 : Math.max(budget.pauseMs(isFree), leastMs);
    if (cure === "give-up" || pauseMs > budget.leftMs) {
      throw failure === "session-gone" && n > 2 && home === undefined ? deniedAgain(error) : error;
    }
    work.trouble ??= { code: error.code, since: runtime.now(), tries: 0, by: cure };
    work.trouble.tries++;
    work.trouble.by = cure;
    await this.#prepare(cure, work, failure, error);
    if (pauseMs > 0) await waitFor(runtime.sleep(pauseMs, signal), signal);
  }

  #isPossible(cure: Cure, { terms, budget }: Work): boolean {
    if (cure === "detect") return terms.home === undefined;
    if (cure === "wake-up") return this.#parts.wakeUp !== undefined;
    if (cure !== "restart" && cure !== "begin-again") return true;
    return budget.allowsRestart && terms.mayRestart?.(cure === "begin-again") === true;
  }

  /** Does what has to be done before the next try. */
  async #prepare(cure: Cure, work: Work, failure: Failure, error: E6Error): Promise<void> {
    const { sessions, runtime } = this.#parts;
    const { terms, budget, place } = work;
    if (failure === "session-gone" && place?.session !== undefined) sessions.forget(place.session);
    const isMismatch = failure === "mismatch";
    // What begins again waits until a stack accepts, before its tries are spent on one that is down.
    const isAway = failure === "not-reached" ? cure !== "repeat" : isMismatch || cure === "detect";
    if (place !== undefined && isAway) work.refusal = { ...place, isMismatch };
    if (cure === "wake-up") {
      const since = runtime.now();
      // The stack that is suspended is the active one, also where a detection has just come across it.
      const onProgress = (progress: ResumeProgress) => terms.onWait?.({ type: "resuming", ...progress });
      await this.#parts.wakeUp?.({ strategy: error.strategy, onProgress }, terms.signal);
      budget.forgive(runtime.now() - since);
    }
    if (cure === "restart" || cure === "begin-again") {
      budget.restart();
      terms.restart?.(error);
    }
  }

  /**
   * A refusal that was asked for under another epoch, or given by a stack that is not the active one, is no news: the work goes
   * to the stack that is active now.
   */
  async #lookInto(work: Work, { strategy, epoch, isMismatch }: NonNullable<Work["refusal"]>): Promise<void> {
    const { follower, store } = this.#parts;
    follower.leave(strategy);
    if (isMismatch) this.#dispatch("refused", { strategy, epoch });
    const now = store.read();
    if (epoch === now.epoch && strategy === now.active) {
      work.terms.onWait?.({ type: "authenticating" });
      // Who could not be reached has not refused: where it can be reached now, everybody stays there.
      await this.#detect(work, isMismatch ? strategy : undefined);
    }
  }

  async #detect({ budget, terms }: Work, refused: Strategy | undefined): Promise<void> {
    budget.start();
    await this.#parts.detection.run(refused, budget.leftMs, terms.signal);
  }

  #dispatch(type: "worked" | "refused", { strategy, epoch }: Route): void {
    this.#parts.store.dispatch({ type, stack: strategy, epoch, at: this.#parts.runtime.wallMs() });
  }
}

/** Access denied with a session that is new: not the session, but the right to do this is missing. */
function deniedAgain(cause: E6Error): E6Error {
  return new E6Error("PERMISSION_DENIED", cause.message, { ...cause, cause });
}
