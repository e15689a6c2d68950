import type { Clock } from "./clock.ts";

/** How long sessions live and how many there may be. */
export interface SessionLimits {
  /** A session that was not used for so long, in milliseconds, is gone. */
  readonly sessionIdleMs: number;
  /** An id older than this, in milliseconds, is replaced with the next response; `undefined`: never. */
  readonly sessionRefreshMs: number | undefined;
  /** How long a replaced id still holds, in milliseconds, for the calls under way. */
  readonly sessionGraceMs: number;
  /** Above this the session that was not used for the longest time goes. */
  readonly maxSessions: number;
}

/** What a session remembers beside who it is. */
export interface SessionMemory {
  /** What `setProps` was told so far. */
  props: Readonly<Record<string, unknown>>;
  /** What came of the last change of catalogs that was asked for; `undefined` before the first one. */
  catalogChange: CatalogChange | undefined;
}

/** What came of a change of catalogs, or `running` while it has not. */
export interface CatalogChange {
  readonly status: "running" | "success" | "failed";
  readonly failures: readonly { readonly name: string; readonly type: "CATALOG" | "SCHEMA"; readonly reason: string }[];
}

/** Who signed in, and as whom. */
export interface SignIn {
  /** As whom the session acts. */
  readonly user: string;
  /** Who signed in, where that is another one. */
  readonly impersonator?: string;
}

/** What a session is at one call. */
export interface SessionView extends SignIn {
  readonly memory: SessionMemory;
  /** Stays the same when the id is refreshed. */
  readonly key: string;
  /** The id that holds from now on: another than the one given if the session was refreshed. */
  readonly id: string;
}

interface Session extends SignIn {
  readonly memory: SessionMemory;
  readonly key: string;
  id: string;
  issuedAt: number;
  usedAt: number;
  /** The id before the last refresh, and until when it holds. */
  former: { readonly id: string; readonly until: number } | undefined;
}

/** The sessions of one stack. */
export interface Sessions {
  /** Signs a user in: a new session's id. */
  open(signIn: SignIn): string;
  /** The session of an id, which counts as used now; `undefined` if it is unknown or gone. */
  use(id: string): SessionView | undefined;
  /** The open sessions, the one that was not used for the longest time first. */
  list(): readonly SessionView[];
  /** What callers with a token share, who have no session. */
  readonly tokenMemory: SessionMemory;
  /** Ends every session. */
  clear(): void;
  /** How many sessions are open. */
  readonly size: number;
}

/** Creates the sessions of one stack. */
export function createSessions(clock: Clock, limits: SessionLimits): Sessions {
  const byId = new Map<string, Session>();
  // In the order of their last use: the first one is the first to go.
  const byKey = new Map<string, Session>();
  let tokenMemory = newMemory();

  const remove = (session: Session): void => {
    byKey.delete(session.key);
    byId.delete(session.id);
    if (session.former) byId.delete(session.former.id);
  };
  const dropIdle = (now: number): void => {
    for (const session of byKey.values()) {
      if (now - session.usedAt < limits.sessionIdleMs) return;
      remove(session);
    }
  };
  const refresh = (session: Session, now: number): void => {
    if (session.former && now >= session.former.until) {
      byId.delete(session.former.id);
      session.former = undefined;
    }
    const due = limits.sessionRefreshMs !== undefined && now - session.issuedAt >= limits.sessionRefreshMs;
    if (!due) return;
    if (session.former) byId.delete(session.former.id);
    session.former = { id: session.id, until: now + limits.sessionGraceMs };
    session.id = crypto.randomUUID();
    session.issuedAt = now;
    byId.set(session.id, session);
  };

  return {
    open(signIn) {
      const now = clock.now();
      dropIdle(now);
      const [oldest] = byKey.values();
      if (oldest && byKey.size >= limits.maxSessions) remove(oldest);
      const session = newSession(signIn, now);
      byId.set(session.id, session);
      byKey.set(session.key, session);
      return session.id;
    },
    use(id) {
      const now = clock.now();
      dropIdle(now);
      const session = byId.get(id);
      if (!session || (session.id !== id && (session.former?.until ?? 0) <= now)) return undefined;
      session.usedAt = now;
      byKey.delete(session.key);
      byKey.set(session.key, session);
      refresh(session, now);
      return view(session);
    },
    list() {
      dropIdle(clock.now());
      return [...byKey.values()].map(view);
    },
    get tokenMemory() {
      return tokenMemory;
    },
    clear() {
      byId.clear();
      byKey.clear();
      tokenMemory = newMemory();
    },
    get size() {
      dropIdle(clock.now());
      return byKey.size;
    },
  };
}

function newSession(signIn: SignIn, now: number): Session {
  const [key, id] = [crypto.randomUUID(), crypto.randomUUID()];
  return { ...signIn, memory: newMemory(), key, id, issuedAt: now, usedAt: now, former: undefined };
}

function view({ user, impersonator, memory, key, id }: Session): SessionView {
  return { user, memory, key, id, ...(impersonator !== undefined && { impersonator }) };
}

function newMemory(): SessionMemory {
  return { props: {}, catalogChange: undefined };
}
