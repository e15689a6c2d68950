import type { Runtime } from "../runtime.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import { backoffMs } from "./backoff.ts";

const maxTries = 5;
const maxRestarts = 3;
const triesByChange = 2;

/**
 * What may be spent on the cure of a query's failures, or of those of other work: a time, tries and restarts, in all phases together.
 * Each change of the active stack that it meets brings two tries and a restart; rows that come bring the tries back.
 */
export class RecoveryBudget {
  readonly #store: StrategyStore;
  readonly #runtime: Runtime;
  readonly #limitMs: number;
  #epoch: string | undefined;
  #changes = 0;
  #failures = 0;
  #restarts = 0;
  #spentMs = 0;
  #startedAt: number | undefined;

  /** `limitMs`: after that time nothing more is begun. It passes from a failure until work goes on. */
  constructor(store: StrategyStore, runtime: Runtime, limitMs: number) {
    this.#store = store;
    this.#runtime = runtime;
    this.#limitMs = limitMs;
    this.#meet();
  }

  /** What is left of the time, in milliseconds. */
  get leftMs(): number {
    const { now } = this.#runtime;
    return this.#limitMs - this.#spentMs - (this.#startedAt === undefined ? 0 : now() - this.#startedAt);
  }

  /** Lets the time pass from now on. */
  start(): void {
    this.#startedAt ??= this.#runtime.now();
  }

  /** Lets it pass no longer: since `at` work goes on. */
  stop(at: number): void {
    if (this.#startedAt !== undefined) this.#spentMs += Math.max(0, at - this.#startedAt);
    this.#startedAt = undefined;
  }

  /** Does not count a time that has passed: what took it has limits of its own. */
  forgive(milliseconds: number): void {
    this.#spentMs -= milliseconds;
  }

  /** Counts a failure; true if there may be another try. */
  fail(): boolean {
    this.start();
    this.#meet();
    this.#failures++;
    return this.#failures < maxTries + triesByChange * this.#changes && this.leftMs > 0;
  }

  /** True if there may be a restart. */
  get allowsRestart(): boolean {
    return this.#restarts < maxRestarts + this.#changes;
  }

  /** Counts a restart. */
  restart(): void {
    this.#restarts++;
  }

  /** The pause before the next try. `isFree`: the failure itself was quick and harmless, so that the first such costs no pause. */
  pauseMs(isFree: boolean): number {
    const n = this.#failures + this.#restarts - (isFree ? 1 : 0);
    return n > 0 ? backoffMs(n, this.#runtime) : 0;
  }

  /** Rows have come: a long result may meet more trouble than a short one. */
  renew(): void {
    this.#failures = 0;
  }

  #meet(): void {
    const { active, epoch } = this.#store.read();
    // To find out what was not known is no change.
    if (this.#epoch !== undefined && this.#epoch !== epoch) this.#changes++;
    this.#epoch = active && epoch;
  }
}
