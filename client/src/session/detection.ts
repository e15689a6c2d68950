import { E6Error, isE6Error } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import type { Strategy } from "../headers.ts";
import type { Runtime } from "../runtime.ts";
import { candidates } from "../strategy/candidates.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import { backoffMs } from "./backoff.ts";
import type { Sessions } from "./sessions.ts";

const maxRounds = 3;
/** Another tab's detection is waited for as long as this, and up to once more by chance: not all who wait give up together. */
const lockWaitMs = 2_000;

/** What a stack may answer so that the next one is asked. Any other failure ends the detection: it would be the same there. */
const refusals: ReadonlySet<E6ErrorCode> = new Set([
  "STRATEGY_MISMATCH",
  "NETWORK",
  "GATEWAY",
  "RESOURCE_EXHAUSTED",
  "DEADLINE_EXCEEDED",
]);

/**
 * Finds the stack that accepts work, by asking: a round ends when both have refused, rounds repeat with a growing
 * pause. One detection at a time: whoever needs one while it runs shares it.
 */
export class Detection {
  readonly #sessions: Sessions;
  readonly #store: StrategyStore;
  readonly #runtime: Runtime;
  readonly #signal: AbortSignal;
  #running: Promise<void> | undefined;

  constructor(sessions: Sessions, store: StrategyStore, runtime: Runtime, signal: AbortSignal) {
    this.#sessions = sessions;
    this.#store = store;
    this.#runtime = runtime;
    this.#signal = signal;
  }

  /**
   * Resolves once the store names a stack that has accepted. `refused` has just refused new work and is not asked first.
   * Rejects with `NO_ACTIVE_STACK`, which names the tries, or with what no other stack would have cured.
   */
  run(refused: Strategy | undefined): Promise<void> {
    return this.#share(refused, this.#watch());
  }

  /** Asks in the background whether what is known still holds; `isKnown` tells whether somebody else has asked meanwhile. */
  confirm(isKnown: () => boolean): void {
    const hasMoved = this.#watch();
    this.#share(undefined, () => isKnown() || hasMoved()).catch(() => undefined);
  }

  /** Tells from now on whether somebody else has found the active stack: what would be learned here is no news any more then. */
  #watch(): () => boolean {
    const { epoch } = this.#store.read();
    return () => this.#store.read().epoch !== epoch;
  }

  #share(refused: Strategy | undefined, isOver: () => boolean): Promise<void> {
    const detect = () => this.#rounds(refused, isOver);
    const run = async () => {
      const { withLock } = this.#store;
      const maxWaitMs = lockWaitMs * (1 + this.#runtime.random());
      await (withLock === undefined ? detect() : withLock.call(this.#store, "detect", maxWaitMs, detect));
    };
    this.#running ??= run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #rounds(refused: Strategy | undefined, isOver: () => boolean): Promise<void> {
    const failures: E6Error[] = [];
    for (let round = 1; ; round++) {
      for (const stack of candidates(this.#store.read().active, refused)) {
        if (isOver()) return;
        const failure = await this.#ask(stack, isOver);
        if (failure === undefined) return;
        failures.push(failure);
      }
      if (isOver()) return;
      if (round === maxRounds) throw summarise(failures);
      await this.#runtime.sleep(backoffMs(round, this.#runtime), this.#signal);
    }
  }

  /** Asks one stack; nothing if it accepts, else how it refused. A lost call is made a second time. */
  async #ask(stack: Strategy, isOver: () => boolean): Promise<E6Error | undefined> {
    const first = await this.#askOnce(stack, isOver);
    return first?.code === "NETWORK" && !isOver() ? await this.#askOnce(stack, isOver) : first;
  }

  async #askOnce(stack: Strategy, isOver: () => boolean): Promise<E6Error | undefined> {
    const { epoch } = this.#store.read();
    try {
      await this.#sessions.ask(stack);
    } catch (error) {
      if (isE6Error(error) && (refusals.has(error.code) || isOver())) {
        return error;
      }
      throw error;
    }
    const nextEpoch = this.#runtime.newId();
    this.#store.dispatch({ type: "accepted", stack, epoch, nextEpoch, at: this.#runtime.wallMs() });
    return undefined;
  }
}

function summarise(failures: readonly E6Error[]): E6Error {
  const last = failures.at(-1);
  // Where nothing ever answered, the network is to blame, not the deployment.
  if (last !== undefined && failures.every((failure) => failure.code === "NETWORK")) {
    return last;
  }
  const tries = failures.map((failure) => `${failure.strategy}: ${failure.reason ?? failure.code}`).join(", ");
  return new E6Error("NO_ACTIVE_STACK", `neither stack accepts work (${tries})`, {
    cause: last,
    retryable: true,
    hint: "wait for the deployment to end, then run the query again",
  });
}
