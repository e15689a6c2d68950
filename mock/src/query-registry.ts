import type { Clock } from "./clock.ts";
import type { DataFrame, Statement } from "./engine/engine.ts";

/** How many queries a stack keeps, and for how long. */
export interface QueryLimits {
  /** A query about which nobody called for so long, in milliseconds, is given back. */
  readonly queryIdleMs: number;
  /** Above this the query that was idle for the longest time is given back. */
  readonly maxOpenQueries: number;
}

/** Who prepared a query. */
export interface QueryOwner {
  readonly user: string;
  /** The session's key; `undefined` for a caller with a token. */
  readonly session: string | undefined;
}

/** One open query of a stack. */
export interface Query {
  readonly id: string;
  readonly owner: QueryOwner;
  /** The `engineIP` that prepare answered. */
  readonly planner: string;
  readonly statement: Statement;
  /** Where the query is a data frame: the statement as such, and the number that its maker gave it. */
  readonly frame?: { readonly steps: DataFrame; readonly number: number };
  /** Whether somebody cancelled it. */
  cancelled: boolean;
  /** How many times its fetches are still to answer 'ask again'. */
  askAgain: number;
  /** Settles when the batches that were taken so far have left for their callers. */
  lastFetch: Promise<void>;
}

/** What only some queries have. */
export interface QueryExtras extends Pick<Query, "frame"> {
  /** An id that was given beforehand. */
  readonly id?: string;
}

/** Why a query is not there (any more). */
export type Absence = "unknown" | "cleared" | "idle" | "crowded" | "memory";

/** Either the query or why there is none. */
export type Lookup = { readonly query: Query } | { readonly absence: Absence };

/** A query that is in no call and keeps a result. */
export interface IdleQuery {
  /** When the last call about it ended, in milliseconds since the epoch. */
  readonly since: number;
  /** Gives it back for the sake of its memory. */
  giveBack(): Promise<void>;
}

/** The open queries of one stack. */
export interface QueryRegistry {
  /** Adds a query; `undefined` if there is no room, each of the open ones being in a call right now. */
  add(
    statement: Statement,
    owner: QueryOwner,
    planner: string,
    askAgain: number,
    extras?: QueryExtras,
  ): Query | undefined;
  /** Finds a query. */
  find(id: string): Lookup;
  /** Runs a call about a query; while it runs, the query is not idle. */
  during<T>(query: Query, call: () => Promise<T>): Promise<T>;
  /** The query that was idle for the longest time, of those that keep a result. */
  longestIdle(): IdleQuery | undefined;
  /** Gives a query back. */
  remove(id: string): Promise<void>;
  /** The open queries, the one that was idle for the longest time first. */
  list(): readonly Query[];
  /** Gives every query back, as if none had ever been there. */
  clear(): Promise<void>;
  /** How many queries are open. */
  readonly size: number;
}

interface Entry {
  readonly query: Query;
  calls: number;
  usedAt: number;
}

/** Creates the registry of one stack. */
export function createQueryRegistry(clock: Clock, limits: QueryLimits): QueryRegistry {
  // In the order of their last use: the first ones were idle for the longest time.
  const open = new Map<string, Entry>();
  const absences = createAbsences();
  let stopTimer: (() => void) | undefined;

  const drop = (id: string, absence: Absence): Promise<void> => {
    const entry = open.get(id);
    if (!entry) return Promise.resolve();
    open.delete(id);
    absences.note(id, absence);
    return entry.query.statement.close();
  };
  const sweep = (): void => {
    stopTimer = undefined;
    for (let entry = firstIdle(open); entry; entry = firstIdle(open)) {
      const left = entry.usedAt + limits.queryIdleMs - clock.now();
      if (left > 0) {
        stopTimer = clock.after(left, sweep);
        return;
      }
      void drop(entry.query.id, "idle");
    }
  };
  const touch = (entry: Entry): void => {
    entry.usedAt = clock.now();
    if (open.delete(entry.query.id)) open.set(entry.query.id, entry);
    if (entry.calls === 0 && stopTimer === undefined) stopTimer = clock.after(limits.queryIdleMs, sweep);
  };

  return {
    add(statement, owner, planner, askAgain, extras = {}) {
      if (open.size >= limits.maxOpenQueries) {
        const crowded = firstIdle(open);
        if (!crowded) return undefined;
        void drop(crowded.query.id, "crowded");
      }
      const entry = newEntry(statement, owner, planner, askAgain, extras);
      open.set(entry.query.id, entry);
      touch(entry);
      return entry.query;
    },
    find(id) {
      const entry = open.get(id);
      return entry ? { query: entry.query } : { absence: absences.of(id) };
    },
    async during(query, call) {
      const entry = open.get(query.id);
      if (!entry) return call();
      entry.calls += 1;
      touch(entry);
      try {
        return await call();
      } finally {
        entry.calls -= 1;
        touch(entry);
      }
    },
    longestIdle() {
      const entry = firstIdle(open, ({ query }) => query.statement.keepsResult());
      return entry && { since: entry.usedAt, giveBack: () => drop(entry.query.id, "memory") };
    },
    remove: (id) => drop(id, "cleared"),
    list: () => [...open.values()].map(({ query }) => query),
    async clear() {
      stopTimer?.();
      stopTimer = undefined;
      const statements = [...open.values()].map(({ query }) => query.statement);
      open.clear();
      absences.clear();
      await Promise.all(statements.map((statement) => statement.close()));
    },
    get size() {
      return open.size;
    },
  };
}

function newEntry(
  statement: Statement,
  owner: QueryOwner,
  planner: string,
  askAgain: number,
  { id = crypto.randomUUID(), frame }: QueryExtras,
): Entry {
  const query = {
    id,
    owner,
    planner,
    statement,
    cancelled: false,
    askAgain,
    lastFetch: Promise.resolve(),
    ...(frame && { frame }),
  };
  return { query, calls: 0, usedAt: 0 };
}

/** The first that is in no call. */
function firstIdle(
  open: ReadonlyMap<string, Entry>,
  isMeant: (entry: Entry) => boolean = () => true,
): Entry | undefined {
  for (const entry of open.values()) if (entry.calls === 0 && isMeant(entry)) return entry;
  return undefined;
}

/** How many queries that are gone a stack still remembers. */
const maxAbsences = 10_000;

/** Remembers of queries that are gone why they are. */
function createAbsences() {
  const reasons = new Map<string, Absence>();
  return {
    note(id: string, reason: Absence): void {
      reasons.set(id, reason);
      const [oldest] = reasons.keys();
      if (oldest !== undefined && reasons.size > maxAbsences) reasons.delete(oldest);
    },
    of: (id: string): Absence => reasons.get(id) ?? "unknown",
    clear: () => reasons.clear(),
  };
}
