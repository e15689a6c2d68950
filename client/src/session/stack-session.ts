import type { Strategy } from "../headers.ts";
import type { RouteSession } from "../transport/route.ts";

/** A session on one stack. Queries hold on to the session, not to one id of it: sliding sessions change their id. */
export class StackSession implements RouteSession {
  readonly strategy: Strategy;
  /** The engine that signed in, for calls that name an engine and have no query; empty where none was named. */
  readonly engineIp: string;
  #id: string;
  #frames = 0;

  /** `id` is empty where a bearer token signs in with each call: such a session is never refreshed. */
  constructor(strategy: Strategy, id: string, engineIp = "") {
    this.strategy = strategy;
    this.engineIp = engineIp;
    this.#id = id;
  }

  get id(): string {
    return this.#id;
  }

  /** A number for a data frame, no other of this session has it. */
  nextFrame(): number {
    return this.#frames++;
  }

  refresh(sent: string, received: string): void {
    if (sent !== "" && this.#id === sent) {
      this.#id = received;
    }
  }
}
