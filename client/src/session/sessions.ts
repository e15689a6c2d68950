import type { Strategy } from "../headers.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import type { SignIn } from "./sign-in.ts";
import type { StackSession } from "./stack-session.ts";

/** The connection's sessions: one on each stack that has accepted, both open while queries run on both. */
export class Sessions {
  readonly #signIn: SignIn;
  readonly #store: StrategyStore;
  readonly #signal: AbortSignal;
  readonly #open = new Map<Strategy, StackSession>();
  readonly #signingIn = new Map<Strategy, Promise<StackSession>>();

  /** `signal` ends with the connection: a sign-in serves everyone who waits for it, so no single caller aborts it. */
  constructor(signIn: SignIn, store: StrategyStore, signal: AbortSignal) {
    this.#signIn = signIn;
    this.#store = store;
    this.#signal = signal;
  }

  /** The session on a stack; signs in where there is none. */
  async on(strategy: Strategy): Promise<StackSession> {
    return this.#open.get(strategy) ?? (await this.ask(strategy));
  }

  /** True if {@link on} answers without a call. */
  isOpen(strategy: Strategy): boolean {
    return this.#open.has(strategy);
  }

  /** Signs in on a stack, whether or not a session is open there. Those who ask at the same time share one call. */
  ask(strategy: Strategy): Promise<StackSession> {
    const running = this.#signingIn.get(strategy);
    if (running !== undefined) {
      return running;
    }
    const { epoch, pending } = this.#store.read();
    const started = this.#signIn({ strategy, epoch, pendingId: pending?.id }, this.#signal)
      .then((session) => {
        this.#open.set(strategy, session);
        return session;
      })
      .finally(() => this.#signingIn.delete(strategy));
    this.#signingIn.set(strategy, started);
    return started;
  }

  /** Drops a session that the engine no longer knows, unless another has taken its place. */
  forget(session: StackSession): void {
    if (this.#open.get(session.strategy) === session) {
      this.#open.delete(session.strategy);
    }
  }

  /** Drops every session but one: new work elsewhere signs in again. */
  keepOnly(session: StackSession): void {
    for (const other of this.#open.values()) {
      if (other !== session) {
        this.forget(other);
      }
    }
  }

  /** Drops all sessions. */
  clear(): void {
    this.#open.clear();
  }
}
