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

/** What a session is at one call. */
export interface SessionView {
  readonly user: string;
  /** Stays the same when the id is refreshed. */
  readonly key: string;
  /** The id that holds from now on: another than the one given if the session was refreshed. */
  readonly id: string;
}

interface Session {
  readonly user: string;
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
  open(user: string): string;
  /** The session of an id, which counts as used now; `undefined` if it is unknown or gone. */
  use(id: string): SessionView | undefined;
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
    open(user) {
      const now = clock.now();
      dropIdle(now);
      const [oldest] = byKey.values();
      if (oldest && byKey.size >= limits.maxSessions) remove(oldest);
      const [key, id] = [crypto.randomUUID(), crypto.randomUUID()];
      const session: Session = { user, key, id, issuedAt: now, usedAt: now, former: undefined };
      byId.set(id, session);
      byKey.set(key, session);
      return id;
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
      return { user: session.user, key: session.key, id: session.id };
    },
    clear() {
      byId.clear();
      byKey.clear();
    },
    get size() {
      dropIdle(clock.now());
      return byKey.size;
    },
  };
}
