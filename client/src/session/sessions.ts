import type { Strategy } from "../headers.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import type { SignIn } from "./sign-in.ts";
import type { StackSession } from "./stack-session.ts";

/** A sign-in under way, and the view of the deployment that it was begun under. */
interface SigningIn {
  readonly epoch: string;
  readonly pendingId: string | undefined;
  readonly session: Promise<StackSession>;
}

/** The connection's sessions: one on each stack that has accepted, both open while queries run on both. */
export class Sessions {
  readonly #signIn: SignIn;
  readonly #store: StrategyStore;
  readonly #signal: AbortSignal;
  readonly #open = new Map<Strategy, StackSession>();
  readonly #signingIn = new Map<Strategy, SigningIn>();

  /** `signal` ends with the connection: a sign-in serves everyone who waits for it, so no single caller aborts it. */
  constructor(signIn: SignIn, store: StrategyStore, signal: AbortSignal) {
    this.#signIn = signIn;
    this.#store = store;
    this.#signal = signal;
  }

  /** The session on a stack; signs in where there is none, or waits for a sign-in that is under way. */
  async on(strategy: Strategy): Promise<StackSession> {
    return this.#open.get(strategy) ?? (await (this.#signingIn.get(strategy)?.session ?? this.ask(strategy)));
  }

  /** The session that is open on a stack; nothing where there is none. */
  opened(strategy: Strategy): StackSession | undefined {
    return this.#open.get(strategy);
  }

  /** True if {@link on} answers without a call. */
  isOpen(strategy: Strategy): boolean {
    return this.#open.has(strategy);
  }

  /**
   * Signs in on a stack, whether or not a session is open there. Those who ask at the same time under the same view share one
   * call: an answer to an earlier one says nothing about this view.
   */
  ask(strategy: Strategy): Promise<StackSession> {
    const { epoch, pending } = this.#store.read();
    const running = this.#signingIn.get(strategy);
    if (running?.epoch === epoch && running.pendingId === pending?.id) {
      return running.session;
    }
    const session = this.#signIn({ strategy, epoch }, this.#signal)
      .then((opened) => {
        // One that was begun later knows better.
        if (this.#signingIn.get(strategy) === started || !this.#open.has(strategy)) this.#open.set(strategy, opened);
        return opened;
      })
      .finally(() => {
        if (this.#signingIn.get(strategy) === started) this.#signingIn.delete(strategy);
      });
    const started: SigningIn = { epoch, pendingId: pending?.id, session };
    this.#signingIn.set(strategy, started);
    return session;
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
