import { isE6Error } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import type { Strategy } from "../headers.ts";
import type { Runtime } from "../runtime.ts";
import type { PendingSwitch } from "../strategy/strategy-state.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import { onAbort } from "../transport/cancellation.ts";
import { type Backoff, backoffMs } from "./backoff.ts";
import type { TellDeployment } from "./deployment-event.ts";
import type { Sessions } from "./sessions.ts";

/** A stack to sign in to in the background. */
interface Goal {
  /** The id of the pending switch, or the epoch that others have begun. */
  readonly id: string;
  /** New for each reason to ask at once. */
  readonly key: string;
  readonly stack: Strategy;
  /** The switch to come; nothing for one that others have made. */
  readonly pending?: PendingSwitch;
}

const pauses: Backoff = { firstMs: 1_000, longestMs: 60_000 };
/** A connection on which nothing happens for so long asks no more until it is used again. */
const idleMs = 300_000;

const hopeless: ReadonlySet<E6ErrorCode> = new Set(["AUTHENTICATION_FAILED", "PERMISSION_DENIED"]);

/**
 * Brings a connection over to the stack that is announced, or to the one that others have moved to, by signing in there in
 * the background: no query waits, and none fails by it. Once an announced stack has accepted, the switch is made at the next
 * safe point.
 */
export class Follower {
  readonly #sessions: Sessions;
  readonly #store: StrategyStore;
  readonly #runtime: Runtime;
  readonly #tell: TellDeployment;
  readonly #closing: AbortSignal;
  /** Whatever runs here: nothing of it hinders a switch. */
  readonly #isBusy: () => boolean;
  readonly #running = new Map<string, AbortController>();
  /** What the gateway has named on the last answer of each stack. */
  readonly #named = new Map<Strategy, Strategy | undefined>();
  /** Ids of goals for which the credentials were refused: few, for such a connection is of little use. */
  readonly #hopeless = new Set<string>();
  #acceptedFor: string | undefined;
  #usedAt = Number.NEGATIVE_INFINITY;
  /** The stack that has served new work last, until it refuses. */
  #inUse: Strategy | undefined;

  /** Ends with `closing`. `tell` is told how each stack answered. */
  constructor(
    sessions: Sessions,
    store: StrategyStore,
    runtime: Runtime,
    closing: AbortSignal,
    isBusy: () => boolean,
    tell: TellDeployment,
  ) {
    this.#sessions = sessions;
    this.#store = store;
    this.#runtime = runtime;
    this.#closing = closing;
    this.#isBusy = isBusy;
    this.#tell = tell;
    const unsubscribe = store.subscribe(() => this.#follow());
    onAbort(closing, () => {
      unsubscribe();
      this.#follow();
    });
  }

  /** Says that new work begins, which is a safe point, and that the connection is in use. */
  begin(): void {
    this.#usedAt = this.#runtime.now();
    this.safePoint();
    this.#follow();
  }

  /** Makes the switch that is due, if the same one is still announced. */
  safePoint(): void {
    const { pending, epoch } = this.#store.read();
    if (pending === undefined || pending.id !== this.#acceptedFor) return;
    // An acceptance is good for one switch: where a store that was away brings the announcement back, the stack is asked anew.
    this.#acceptedFor = undefined;
    const nextEpoch = this.#runtime.newId();
    this.#store.dispatch({ type: "switched", pendingId: pending.id, epoch, nextEpoch, at: this.#runtime.wallMs() });
  }

  /**
   * The stack for new work: the active one. Where others have moved, and there is no session on it yet, the one that has
   * served so far.
   */
  stackFor(active: Strategy): Strategy {
    const inUse = this.#inUse;
    if (this.#lagsBehind(active)) {
      this.#follow();
      return inUse ?? active;
    }
    // Where neither is open yet, the old one may be the first.
    if (inUse === undefined || this.#sessions.isOpen(active)) this.#inUse = active;
    return active;
  }

  /** The stack that new work goes to from the next safe point on: the announced one once it has accepted, else the active one. */
  get next(): Strategy | undefined {
    const { active, pending } = this.#store.read();
    return pending && pending.id === this.#acceptedFor ? pending.stack : active;
  }

  /** Notes what the gateway has named as the stack to come on an answer of another one. */
  note(from: Strategy, named: Strategy | undefined): void {
    this.#named.set(from, named);
  }

  /** Notes that a stack has refused new work: it serves no more. */
  leave(stack: Strategy | undefined): void {
    if (this.#inUse === stack) this.#inUse = undefined;
  }

  #lagsBehind(active: Strategy): boolean {
    const inUse = this.#inUse;
    return inUse !== undefined && this.#sessions.isOpen(inUse) && !this.#sessions.isOpen(active);
  }

  /** Begins what is to be done and ends what no longer is. */
  #follow(): void {
    const goals = this.#closing.aborted ? [] : this.#goals();
    for (const [key, abort] of this.#running) {
      if (!goals.some((goal) => goal.key === key)) {
        this.#running.delete(key);
        abort.abort();
      }
    }
    for (const goal of goals) {
      if (!this.#running.has(goal.key) && !this.#hopeless.has(goal.id)) void this.#reach(goal);
    }
  }

  #goals(): Goal[] {
    const { active, epoch, pending } = this.#store.read();
    const goals: Goal[] = [];
    if (pending !== undefined && pending.id !== this.#acceptedFor) {
      const { id, stack, by } = pending;
      goals.push({ id, key: `${id} ${by}`, stack, pending });
    }
    if (active !== undefined && this.#lagsBehind(active)) {
      goals.push({ id: epoch, key: epoch, stack: active });
    }
    return goals;
  }

  #isIdle(): boolean {
    return !this.#isBusy() && this.#runtime.now() - this.#usedAt > idleMs;
  }

  /** Asks until the stack accepts, its answer would stay the same, or the goal is one no longer. */
  async #reach({ id, key, stack, pending }: Goal): Promise<void> {
    const abort = new AbortController();
    const { signal } = abort;
    this.#running.set(key, abort);
    for (let tries = 1; !signal.aborted && !this.#isIdle(); tries++) {
      // What is to tell of an announcement has to be asked under it.
      const asked = pending === undefined ? this.#sessions.on(stack) : this.#sessions.ask(stack);
      const code = await asked.then(
        () => undefined,
        (error: unknown) => (isE6Error(error) ? error.code : "INTERNAL"),
      );
      if (signal.aborted) return;
      const isAccepted = code === undefined && !this.#isVetoed(pending);
      const isFinal = code !== undefined && hopeless.has(code);
      if (isFinal) this.#hopeless.add(id);
      if (isAccepted && pending !== undefined) this.#acceptedFor = pending.id;
      this.#tell(isAccepted ? { type: "accepted", stack } : { type: "refused", stack, code, isFinal });
      if (isAccepted || isFinal) break;
      await this.#runtime.sleep(backoffMs(tries, this.#runtime, pauses), signal).catch(() => undefined);
    }
    if (this.#running.get(key) === abort) this.#running.delete(key);
    if (!this.#isBusy()) this.safePoint();
  }

  /**
   * What engines alone announce, the gateway may not know of yet: then it names the active stack beside every answer of the other
   * one, and would lead back who moved there.
   */
  #isVetoed(pending: PendingSwitch | undefined): boolean {
    return pending?.by === "message" && this.#named.get(pending.stack) === this.#store.read().active;
  }
}
