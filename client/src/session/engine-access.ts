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
import type { Detection } from "./detection.ts";
import type { Follower } from "./follower.ts";
import type { Pins } from "./pins.ts";
import { recoveryOfNewWork } from "./recovery.ts";
import type { Sessions } from "./sessions.ts";
import type { StackSession } from "./stack-session.ts";

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

const maxTries = 5;
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
  /** Nothing: a suspended cluster stays suspended, and work on it rejects with `CLUSTER_SUSPENDED`. */
  readonly wakeUp: SharedWakeUp | undefined;
  /** How long what is known about the deployment is believed, in milliseconds. */
  readonly ttlMs: number;
}

/** Leads new work to the active stack, and to it again when the stack or the session has gone. */
export class EngineAccess {
  readonly #parts: EngineAccessParts;

  constructor(parts: EngineAccessParts) {
    this.#parts = parts;
  }

  /**
   * Runs new work on the active stack. `work` may be run several times: it rejects with `STRATEGY_MISMATCH`,
   * `SESSION_EXPIRED` or `CLUSTER_SUSPENDED` only while nothing has been done that must not be done twice.
   *
   * With `home` the work is done there or nowhere: that stack's refusal is final.
   */
  async run<T>(
    work: (route: SessionRoute) => Promise<T>,
    signal: AbortSignal,
    onWait: (wait: AccessWait) => void = () => undefined,
    home?: Home,
  ): Promise<T> {
    const pin = {};
    this.#parts.pins.hold(pin);
    try {
      return await this.#try(work, signal, onWait, home);
    } finally {
      this.#parts.pins.release(pin);
    }
  }

  async #try<T>(
    work: (route: SessionRoute) => Promise<T>,
    signal: AbortSignal,
    onWait: (wait: AccessWait) => void,
    home: Home | undefined,
  ): Promise<T> {
    const { follower, store, sessions, runtime, wakeUp } = this.#parts;
    let lent = home?.session;
    let signedInAgain = false;
    let wokenUp = false;
    let refusal: { readonly strategy: Strategy | undefined; readonly epoch: string } | undefined;
    if (store.ready !== undefined) await waitFor(store.ready, signal);
    for (let tries = 1; ; tries++) {
      // A sign-in serves others too and heeds no caller's signal: one who has left already does not begin it.
      if (signal.aborted) throw abortError(signal);
      follower.begin();
      let view = store.read();
      let route: SessionRoute | undefined;
      try {
        if (refusal !== undefined) {
          await this.#detect(refusal, signal, onWait);
          refusal = undefined;
          view = store.read();
        }
        route = await this.#route(view, signal, onWait, home && { strategy: home.strategy, session: lent });
        const done = await work(route);
        if (home === undefined) this.#tell("worked", route);
        return done;
      } catch (error) {
        const recovery = isE6Error(error) && tries < maxTries ? recoveryOfNewWork(error.code) : "give-up";
        if (recovery === "sign-in" && lent !== undefined) {
          lent = undefined;
        } else if (recovery === "detect" && home === undefined) {
          refusal = route ?? { strategy: view.active, epoch: view.epoch };
        } else if (recovery === "sign-in" && route !== undefined && !signedInAgain) {
          signedInAgain = true;
          sessions.forget(route.session);
          await waitFor(runtime.sleep(signInPauseMs, signal), signal);
        } else if (recovery === "wake-up" && wakeUp !== undefined && !wokenUp) {
          wokenUp = true;
          // The stack that is suspended is the active one, also where a detection has just come across it.
          await this.wakeUp(isE6Error(error) ? error.strategy : undefined, signal, onWait);
        } else {
          throw recovery === "sign-in" && home === undefined ? deniedAgain(error) : error;
        }
      }
    }
  }

  /**
   * Wakes up a suspended cluster, once for all who need it, where the connection may: true if it is active again, false
   * if it was left alone.
   */
  async wakeUp(
    strategy: Strategy | undefined,
    signal: AbortSignal,
    onWait: (wait: AccessWait) => void = () => undefined,
  ): Promise<boolean> {
    const onProgress = (progress: ResumeProgress) => onWait({ type: "resuming", ...progress });
    await this.#parts.wakeUp?.({ strategy, onProgress }, signal);
    return this.#parts.wakeUp !== undefined;
  }

  async #route(
    view: StrategyState,
    signal: AbortSignal,
    onWait: (wait: AccessWait) => void,
    home: Home | undefined,
  ): Promise<SessionRoute> {
    let { active, epoch } = view;
    const { sessions, detection, follower, store, runtime, ttlMs } = this.#parts;
    const isKnown = () => isWithin(ttlMs, store.read().checkedAt, runtime.wallMs());
    if (home === undefined && active !== undefined && !isKnown()) detection.confirm(isKnown);
    let strategy = home?.strategy ?? (active && follower.stackFor(active));
    if (home?.session === undefined && (strategy === undefined || !sessions.isOpen(strategy))) {
      onWait({ type: "authenticating" });
    }
    if (strategy === undefined) {
      await waitFor(detection.run(undefined), signal);
      ({ active, epoch } = store.read());
      strategy = active && follower.stackFor(active);
    }
    if (strategy === undefined) {
      throw new E6Error("NO_ACTIVE_STACK", "no stack is known to accept work", { retryable: true });
    }
    const session = home?.session ?? (await waitFor(sessions.on(strategy), signal));
    return { strategy, epoch, session };
  }

  /**
   * A refusal that was asked for under another epoch, or given by a stack that is not the active one, is no news: the work goes
   * to the stack that is active now.
   */
  async #detect(
    refusal: { readonly strategy: Strategy | undefined; readonly epoch: string },
    signal: AbortSignal,
    onWait: (wait: AccessWait) => void,
  ): Promise<void> {
    const { strategy } = refusal;
    this.#parts.follower.leave(strategy);
    if (strategy !== undefined) this.#tell("refused", { ...refusal, strategy });
    const { active, epoch } = this.#parts.store.read();
    if (epoch === refusal.epoch && active === strategy) {
      onWait({ type: "authenticating" });
      await waitFor(this.#parts.detection.run(strategy), signal);
    }
  }

  #tell(
    type: "worked" | "refused",
    { strategy, epoch }: { readonly strategy: Strategy; readonly epoch: string },
  ): void {
    this.#parts.store.dispatch({ type, stack: strategy, epoch, at: this.#parts.runtime.wallMs() });
  }
}

/** Access denied with a session that is new: not the session, but the right to do this is missing. */
function deniedAgain(error: unknown): unknown {
  if (!isE6Error(error)) {
    return error;
  }
  const { message, strategy, queryId } = error;
  return new E6Error("PERMISSION_DENIED", message, {
    cause: error,
    ...(strategy && { strategy }),
    ...(queryId && { queryId }),
  });
}
