import { harmlessly } from "../harmlessly.ts";
import type { Strategy } from "../headers.ts";
import type { Settings } from "../options.ts";
import { isTraceparent } from "../transport/traceparent.ts";
import type { QueryListener } from "./query-event.ts";

/** A query that has just been asked for. */
export interface ObservedQuery {
  /**
   * The statement as it was written; nothing for a data frame. Bound values are not in it, but whatever its author wrote
   * there is: do not let it out of the program unasked.
   */
  readonly sql: string | undefined;
  /** Catalog in which its unqualified names are looked up; empty: the engine's default. */
  readonly catalog: string;
  /** Schema in which its unqualified names are looked up; empty: the engine's default. */
  readonly schema: string;
  /** Address of the gateway. */
  readonly url: string;
  /**
   * The active stack as it is asked for, or where it lives already; nothing where that is to be found out first. It may begin elsewhere:
   * where `selectStrategy` leads it, or on the old stack while the session on the new one is still to come.
   */
  readonly strategy: Strategy | undefined;
}

/** How an observer follows one query. */
export interface Observation {
  /** Is told of each step of the query; the last one is `done`, `failed`, `cancelled` or `detached` and always comes. */
  readonly onEvent?: QueryListener | undefined;
  /** The W3C trace context that goes with each call of the query. Of several observers the first that has one counts. */
  readonly traceparent?: string | undefined;
}

/**
 * Is called with each query of a connection, in the very call that asks for it, and says how it follows that query. What
 * it throws, then or later, goes to `reportError()` and never touches the query.
 */
export type Observer = (query: ObservedQuery) => Observation | undefined;

/** Lets observers see a query. `traceparent` is what goes with its calls where no observer has one. */
export function observeQuery(
  { observe, baseUrl }: Settings,
  query: Omit<ObservedQuery, "url">,
  traceparent: string | undefined,
): { readonly listeners: readonly QueryListener[]; readonly traceparent: string | undefined } {
  const observations = observe.flatMap((observer) => harmlessly(() => observer({ ...query, url: baseUrl })) ?? []);
  const traceparents = observations.map((observation) => harmlessly(() => observation.traceparent));
  return {
    listeners: observations.flatMap(({ onEvent }) => onEvent ?? []),
    traceparent: [...traceparents, traceparent].find(isTraceparent),
  };
}
