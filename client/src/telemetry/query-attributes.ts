import { invalidOption } from "../checks.ts";
import type { ObservedQuery } from "../query/observer.ts";
import type { QueryEvent } from "../query/query-event.ts";

/** Attributes of spans and of measurements, by their names in OpenTelemetry's conventions or under `e6data.`. */
export type Attributes = Readonly<Record<string, string | number>>;

/** What is known of every query, by the conventions for SQL databases: the system, catalog and schema, and the gateway's address. */
export function databaseAttributes({ catalog, schema, url }: ObservedQuery): Attributes {
  const { hostname, port, protocol } = new URL(url);
  const namespace = [catalog, schema].filter((name) => name !== "").join("|");
  return {
    "db.system.name": "e6data",
    ...(namespace !== "" && { "db.namespace": namespace }),
    "server.address": hostname.replace(/^\[|\]$/g, ""),
    "server.port": Number(port || (protocol === "http:" ? 80 : 443)),
  };
}

/** How a query ended, by its last event. One that its caller ended or let go of has not failed. */
export function outcomeAttributes(event: QueryEvent): Attributes {
  return {
    "e6data.outcome": event.type,
    ...placeAttributes(event),
    ...(event.type === "failed" && { "error.type": event.error.code }),
  };
}

/** How many rows have come after an event, of `before` until then; nothing where none were asked for yet. Those of a lost query do not count. */
export function rowsAfter(event: QueryEvent, before: number | undefined): number | undefined {
  if (event.type === "restarting") return undefined;
  return event.type === "fetching" || event.type === "done" ? event.rows : before;
}

/** The stack that a query is on, once it is chosen. */
export function placeAttributes({ strategy }: QueryEvent): Attributes {
  return strategy === undefined ? {} : { "e6data.strategy": strategy };
}

/** Throws `INVALID_OPTION` unless a value has these methods. */
export function checkMethods(value: unknown, name: string, methods: readonly string[], remedy: string): void {
  const missing = methods.find((method) => typeof Object(value)[method] !== "function");
  if (missing !== undefined) throw invalidOption(name, `has no function ${missing}`, remedy);
}
