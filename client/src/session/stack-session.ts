import type { Strategy } from "../headers.ts";
import type { RouteSession } from "../transport/route.ts";

/** A session on one stack. Queries hold on to the session, not to one id of it: sliding sessions change their id. */
export class StackSession implements RouteSession {
  readonly strategy: Strategy;
  #id: string;

  /** `id` is empty where a bearer token signs in with each call: such a session is never refreshed. */
  constructor(strategy: Strategy, id: string) {
    this.strategy = strategy;
    this.#id = id;
  }

  get id(): string {
    return this.#id;
  }

  refresh(sent: string, received: string): void {
    if (sent !== "" && this.#id === sent) {
      this.#id = received;
    }
  }
}
