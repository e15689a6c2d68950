import { checkAll, flag } from "../checks.ts";
import type { ObservedQuery, Observer } from "../query/observer.ts";
import { isLast, type QueryEvent } from "../query/query-event.ts";
import {
  type Attributes,
  checkMethods,
  databaseAttributes,
  outcomeAttributes,
  placeAttributes,
  rowsAfter,
} from "./query-attributes.ts";
import { querySummary } from "./query-summary.ts";

/** What of a span is used: OpenTelemetry's `Span` fits. */
export interface Span {
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
  setAttributes(attributes: Attributes): unknown;
  addEvent(name: string, attributes: Attributes): unknown;
  /** 2 stands for an error. */
  setStatus(status: { readonly code: 2 }): unknown;
  end(): void;
}

/** How a span begins. */
export interface SpanOptions {
  /** 2 stands for a client. */
  readonly kind: 2;
  readonly attributes: Attributes;
}

/** What makes spans: OpenTelemetry's `Tracer` fits, as `trace.getTracer()` gives it. */
export interface Tracer {
  startSpan(name: string, options: SpanOptions): Span;
}

/** Options of {@link traceQueries}. */
export interface TraceOptions {
  /**
   * Puts the text of each statement into its span as `db.query.text`, with everything that is written in it: names, numbers,
   * addresses, secrets. Bound values are not in it. Default: false.
   */
  readonly unsafeRecordSqlText?: boolean | undefined;
}

/**
 * Makes a span of each query, from the call that asks for it to its last row, its failure or its cancellation, and sends the
 * span's context with each call of the query as `traceparent`. Its parent is the span that is active when the query is asked for.
 *
 * The span follows OpenTelemetry's conventions for SQL databases. It is named by `db.query.summary`: the operations and tables
 * of the statement, such as `select orders customers`, never a value. An error is told by its code alone, as `error.type`.
 * Of our own it has `e6data.query_id`, `e6data.strategy` and `e6data.outcome`, and an event where a step begins: `e6data.queued`,
 * `e6data.planning`, …, `e6data.fetching` with the first rows.
 *
 * ```ts
 * connect({ url, user, token, observe: [traceQueries(trace.getTracer("app"))] });
 * ```
 */
export function traceQueries(tracer: Tracer, options: TraceOptions = {}): Observer {
  checkMethods(tracer, "tracer", ["startSpan"], 'pass what trace.getTracer("app") gives');
  checkAll(options, { unsafeRecordSqlText: flag }, "traceQueries()");
  const { unsafeRecordSqlText = false } = options;
  return (query) => {
    const span = startSpan(tracer, query, unsafeRecordSqlText);
    return {
      onEvent: createFollower(span),
      // Asked for once there is somebody to end the span.
      get traceparent() {
        return traceparentOf(span);
      },
    };
  };
}

function startSpan(tracer: Tracer, query: ObservedQuery, withText: boolean): Span {
  const { sql } = query;
  const database = databaseAttributes(query);
  const summary = sql === undefined ? "" : querySummary(sql);
  const attributes = {
    ...database,
    ...(summary !== "" && { "db.query.summary": summary }),
    ...(withText && sql !== undefined && { "db.query.text": sql }),
  };
  const target = database["db.namespace"] ?? `${database["server.address"]}:${database["server.port"]}`;
  return tracer.startSpan(summary || `${target}`, { kind: 2, attributes });
}

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, "0")}`;
}

/** Writes the steps of a query into its span, each where it begins, and ends the span with the last one. */
function createFollower(span: Span): (event: QueryEvent) => void {
  let step: QueryEvent["type"] | undefined;
  let rows: number | undefined;
  return (event) => {
    rows = rowsAfter(event, rows);
    if (!isLast(event)) {
      const reason = event.type === "queued" && { "e6data.queue.reason": event.reason };
      if (event.type !== step) span.addEvent(`e6data.${event.type}`, { ...placeAttributes(event), ...reason });
      step = event.type;
      return;
    }
    try {
      if (event.type === "failed") span.setStatus({ code: 2 });
      span.setAttributes({
        ...outcomeAttributes(event),
        ...(event.queryId !== undefined && { "e6data.query_id": event.queryId }),
        ...(rows !== undefined && { "db.response.returned_rows": rows }),
      });
    } finally {
      span.end();
    }
  };
}
