import { E6Error, isE6Error } from "../error.ts";
import type { Strategy } from "../headers.ts";
import type { Runtime } from "../runtime.ts";
import { candidates } from "../strategy/candidates.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import { waitFor } from "../transport/cancellation.ts";
import { backoffMs } from "./backoff.ts";
import type { TellDeployment } from "./deployment-event.ts";
import { type Failure, failureOf } from "./recovery.ts";
import type { Sessions } from "./sessions.ts";

/** A gateway that has never been heard of is most likely not there, and is asked so many rounds only. */
const roundsInTheDark = 3;
/** Another tab's round is waited for as long as this, and up to once more by chance: not all who wait give up together. */
const lockWaitMs = 2_000;

/** What a stack may answer so that the next one is asked. */
const refusals: ReadonlySet<Failure> = new Set(["mismatch", "not-reached", "limited", "lost", "timed-out"]);

/** Somebody who needs to know the active stack. */
interface Waiter {
  /** No round begins for this one after that moment. */
  readonly until: number;
  /** True once somebody else has found out. */
  readonly isOver: () => boolean;
  readonly end: PromiseWithResolvers<void>;
}

/** A detection that runs, and who waits for it. */
interface Flight {
  readonly waiters: Set<Waiter>;
  readonly abort: AbortController;
}

/**
 * Finds the stack that accepts work, by asking: a round ends when both have refused, rounds repeat with a growing pause as long as
 * somebody waits. One detection at a time: whoever needs one while it runs shares it, and waits no longer than its own budget allows.
 * Others who share the store are kept from asking during each round, never over a pause.
 */
export class Detection {
  readonly #sessions: Sessions;
  readonly #store: StrategyStore;
  readonly #runtime: Runtime;
  readonly #closing: AbortSignal;
  readonly #tell: TellDeployment;
  #flight: Flight | undefined;

  /** Ends with `closing`. `tell` is told how each detection ended that somebody has waited for. */
  constructor(
    sessions: Sessions,
    store: StrategyStore,
    runtime: Runtime,
    closing: AbortSignal,
    tell: TellDeployment = () => undefined,
  ) {
    this.#sessions = sessions;
    this.#store = store;
    this.#runtime = runtime;
    this.#closing = closing;
    this.#tell = tell;
  }

  /**
   * Resolves once the store names a stack that has accepted. `refused` has just refused new work and is not asked first. The first
   * round is always made, no other one begins after `budgetMs`. Rejects with `NO_ACTIVE_STACK`, which names the tries, or with what
   * no other stack would have cured.
   */
  run(refused: Strategy | undefined, budgetMs = 0, signal = this.#closing): Promise<void> {
    return this.#share(refused, this.#watch(), budgetMs, signal);
  }

  /** Asks in the background whether what is known still holds; `isKnown` tells whether somebody else has asked meanwhile. */
  confirm(isKnown: () => boolean): void {
    const hasMoved = this.#watch();
    this.#share(undefined, () => isKnown() || hasMoved(), 0, this.#closing).catch(() => undefined);
  }

  /** Tells from now on whether somebody else has found the active stack: what would be learned here is no news any more then. */
  #watch(): () => boolean {
    const { epoch } = this.#store.read();
    return () => this.#store.read().epoch !== epoch;
  }

  async #share(
    refused: Strategy | undefined,
    isOver: () => boolean,
    budgetMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const waiter: Waiter = { until: this.#runtime.now() + budgetMs, isOver, end: Promise.withResolvers() };
    const flight = this.#flight ?? { waiters: new Set(), abort: new AbortController() };
    flight.waiters.add(waiter);
    if (this.#flight === undefined) void this.#detect(flight, refused);
    try {
      await waitFor(waiter.end.promise, signal);
    } finally {
      flight.waiters.delete(waiter);
      if (flight.waiters.size === 0) this.#land(flight);
    }
  }

  /** From here on nobody joins any more. */
  #land(flight: Flight): void {
    if (this.#flight === flight) this.#flight = undefined;
    flight.abort.abort();
  }

  async #detect(flight: Flight, refused: Strategy | undefined): Promise<void> {
    this.#flight = flight;
    const startedAt = this.#runtime.now();
    let failure: unknown;
    try {
      await this.#rounds(flight, refused);
    } catch (error) {
      failure = error;
    }
    if (flight.abort.signal.aborted) return;
    this.#land(flight);
    for (const { end } of flight.waiters) failure === undefined ? end.resolve() : end.reject(failure);
    const code = isE6Error(failure) ? failure.code : undefined;
    const stack = failure === undefined ? this.#store.read().active : undefined;
    this.#tell({ type: "detected", stack, code, tookMs: this.#runtime.now() - startedAt });
  }

  /** Resolves when it is known which stack accepts. */
  async #rounds(flight: Flight, refused: Strategy | undefined): Promise<void> {
    const failures: E6Error[] = [];
    for (let round = 1; ; round++) {
      const refusalsOfRound = await this.#round(flight, refused);
      if (refusalsOfRound === undefined || this.#isOver(flight)) return;
      failures.push(...refusalsOfRound);
      const pauseMs = backoffMs(round, this.#runtime);
      const isHopeless = round >= roundsInTheDark && this.#isInTheDark(failures);
      const nextAt = isHopeless ? Number.POSITIVE_INFINITY : this.#runtime.now() + pauseMs;
      const left = [...flight.waiters].filter(({ until }) => until < nextAt);
      if (left.length === flight.waiters.size) throw summarise(failures);
      for (const { end } of left) end.reject(summarise(failures));
      await this.#runtime.sleep(pauseMs, flight.abort.signal);
    }
  }

  /**
   * Asks one stack after the other, and nobody else who shares the store meanwhile; how they refused, or nothing if one accepts or nobody
   * needs to know any more.
   */
  async #round(flight: Flight, refused: Strategy | undefined): Promise<E6Error[] | undefined> {
    const ask = async () => {
      const failures: E6Error[] = [];
      for (const stack of candidates(this.#store.read().active, refused)) {
        const failure = await this.#ask(flight, stack);
        if (failure === undefined) return undefined;
        failures.push(failure);
      }
      return failures;
    };
    const maxWaitMs = lockWaitMs * (1 + this.#runtime.random());
    return await (this.#store.withLock?.("detect", maxWaitMs, ask) ?? ask());
  }

  /** Asks one stack; nothing if it accepts, or nobody needs to know any more, else how it refused. A lost call is made a second time. */
  async #ask(flight: Flight, stack: Strategy): Promise<E6Error | undefined> {
    const first = await this.#askOnce(flight, stack);
    return first?.code === "NETWORK" ? await this.#askOnce(flight, stack) : first;
  }

  async #askOnce(flight: Flight, stack: Strategy): Promise<E6Error | undefined> {
    if (this.#isOver(flight)) return undefined;
    const { epoch } = this.#store.read();
    try {
      await this.#sessions.ask(stack);
    } catch (error) {
      if (this.#isOver(flight)) return undefined;
      // Any other failure would be the same on the other stack.
      if (isE6Error(error) && (refusals.has(failureOf(error)) || error.code === "RESOURCE_EXHAUSTED")) return error;
      throw error;
    }
    const nextEpoch = this.#runtime.newId();
    this.#store.dispatch({ type: "accepted", stack, epoch, nextEpoch, at: this.#runtime.wallMs() });
    return undefined;
  }

  /** Lets those go who need to know nothing any more; true if nobody is left. */
  #isOver({ waiters }: Flight): boolean {
    let isOver = true;
    for (const { isOver: isOne, end } of waiters) {
      if (isOne()) end.resolve();
      else isOver = false;
    }
    return isOver;
  }

  /** Nothing was ever heard of a stack, and nothing that answers now is a gateway of ours. */
  #isInTheDark(failures: readonly E6Error[]): boolean {
    const isDark = ({ code, reason }: E6Error) => code !== "STRATEGY_MISMATCH" && reason === undefined;
    return this.#store.read().active === undefined && failures.every(isDark);
  }
}

function summarise(failures: readonly E6Error[]): E6Error {
  const last = failures.at(-1);
  // Where nothing ever answered, the network is to blame, not the deployment.
  if (last !== undefined && failures.every((failure) => failure.code === "NETWORK")) {
    return last;
  }
  // Of many rounds the last one tells enough.
  const tries = failures.slice(-2).map((failure) => `${failure.strategy}: ${failure.reason ?? failure.code}`);
  return new E6Error("NO_ACTIVE_STACK", `neither stack accepts work (${tries.join(", ")})`, {
    cause: last,
    retryable: true,
    hint: "wait for the deployment to end, then run the query again",
  });
}
