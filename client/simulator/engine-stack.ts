import type { Random } from "../fuzz/random.ts";
import type { Strategy } from "../src/headers.ts";
import type { Result } from "./results.ts";
import type { Reply } from "./wire-answer.ts";

/** What new work a stack takes: all, none, or sign-ins but no statement. */
export type Accepts = "all" | "sign-ins" | "none";

/** A session as a stack knows it. */
export interface EngineSession {
  readonly id: string;
  /** The ids that lead to it, each with the time from when on it does not. */
  readonly ids: Map<string, number>;
  current: string;
}

/** A query as a stack knows it. */
export interface EngineQuery {
  readonly id: string;
  readonly stack: Strategy;
  readonly plannerIp: string;
  readonly session: EngineSession | undefined;
  readonly result: Result;
  /** Which statement it runs. */
  readonly statement: number;
  next: number;
  isCleared: boolean;
}

/** How long an id of a session serves beside the one that has taken its place, in milliseconds. */
const graceMs = 20_000;

/** One stack: its sessions and its queries, which a restart takes away. */
export class EngineStack {
  readonly name: Strategy;
  accepts: Accepts = "none";
  /** False: it refuses even what it has begun. */
  isContinuing = true;
  /** True: nobody answers there. */
  isDown = false;
  readonly queries = new Map<string, EngineQuery>();
  readonly #sessions = new Map<string, EngineSession>();
  readonly #random: Random;
  #ids = 0;

  constructor(name: Strategy, random: Random) {
    this.name = name;
    this.#random = random;
  }

  /** Begins a session. */
  signIn(): EngineSession {
    const id = `${this.name}-session-${++this.#ids}`;
    const session: EngineSession = { id, ids: new Map(), current: id };
    this.#addId(session, id);
    return session;
  }

  /** The session that an id leads to. */
  find(id: string, now: number): EngineSession | undefined {
    const session = this.#sessions.get(id);
    return session !== undefined && now < (session.ids.get(id) ?? 0) ? session : undefined;
  }

  /** Gives every session another id; those before it serve for a while. */
  renewIds(now: number): void {
    for (const session of new Set(this.#sessions.values())) {
      session.ids.set(session.current, now + graceMs);
      this.#addId(session, `${session.id}.${session.ids.size}`);
    }
  }

  /** Forgets all sessions. */
  expire(): void {
    this.#sessions.clear();
  }

  /** Forgets everything. */
  restart(): void {
    this.expire();
    this.queries.clear();
  }

  /** Prepares a statement. */
  prepare(statement: number, result: Result, session: EngineSession | undefined): EngineQuery {
    const id = `${this.name}-query-${++this.#ids}`;
    const plannerIp = `${this.name}-engine-${this.#random.below(4)}`;
    const query = { id, stack: this.name, plannerIp, session, result, statement, next: 0, isCleared: false };
    this.queries.set(id, query);
    return query;
  }

  #addId(session: EngineSession, id: string): void {
    session.current = id;
    session.ids.set(id, Number.POSITIVE_INFINITY);
    this.#sessions.set(id, session);
  }
}

/** Takes the next batch. */
export function takeBatch(query: EngineQuery): Uint8Array {
  return query.result.batches[query.next++] ?? new Uint8Array();
}

/** The session is gone. */
export const accessDenied: Reply = { code: 13, text: "Access denied" };
/** The query is gone. */
export const noQuery: Reply = { code: 5, text: "no such query" };
/** The engine does not know the call. */
export const unknownCall: Reply = { code: 12, text: "not implemented" };
