import type { Strategy } from "../headers.ts";

/** A session on one stack, as calls use it: the id may be refreshed while the session lives. */
export interface RouteSession {
  /** The id to send; empty on a connection that signs in by bearer token. */
  readonly id: string;
  /** Takes a refreshed id from an answer. It replaces only the id that was sent, never one that came meanwhile. */
  refresh(sent: string, received: string): void;
}

/** Where a call goes, and under which view of the deployment it was sent. */
export interface Route {
  /** The stack that is asked. */
  readonly strategy: Strategy;
  /** The epoch of the view that chose the stack: what becomes of the work is news for this epoch only. */
  readonly epoch: string;
  /** The session on that stack; nothing while signing in. */
  readonly session?: RouteSession;
  /** The engine that prepared the query, on every call about that query. */
  readonly plannerIp?: string;
  /** The W3C trace context of the query that the call belongs to. Default: the connection's. */
  readonly traceparent?: string | undefined;
}
