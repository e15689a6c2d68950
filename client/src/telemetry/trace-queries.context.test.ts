import { type Context, context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, it } from "vitest";
import { longResult } from "../../test/long-result.ts";
import { openConnection } from "../../test/open-connection.ts";
import { only, openTraced } from "../../test/open-telemetry.ts";
import { dataFrame } from "../catalog/data-frame.ts";
import { type Tracer, traceQueries } from "./trace-queries.ts";

const header = (span: ReadableSpan) => {
  const { traceId, spanId } = span.spanContext();
  return `00-${traceId}-${spanId}-01`;
};

afterEach(() => context.disable());

describe("the parent of traceQueries()", () => {
  it("is the span that is active when the query is asked for, even where a context outlives no await", async () => {
    // As in browsers, where no context outlives an await.
    let active: Context = ROOT_CONTEXT;
    context.setGlobalContextManager({
      active: () => active,
      with(within, work, thisArg, ...args) {
        const before = active;
        active = within;
        try {
          return work.apply(thisArg, args);
        } finally {
          active = before;
        }
      },
      bind: (_context, target) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    });
    const { connection, tracer, ended } = openTraced();
    const page = tracer.startSpan("page");
    const { spanId } = page.spanContext();
    const cursor = connection.cursor();
    const asked = context.with(trace.setSpan(context.active(), page), () => [
      connection.query("select 1 from a"),
      connection.stream("select 1 from b").then((stream) => stream.close()),
      cursor.execute("select 1 from c"),
    ]);
    await Promise.all(asked);
    await connection.query("select 1 from d");
    await connection.close();
    const parents = ended().map((span) => [span.name, span.parentSpanContext?.spanId]);
    expect(Object.fromEntries(parents)).toEqual({
      "select a": spanId,
      "select b": spanId,
      "select c": spanId,
      "select d": undefined,
    });
  });
});

describe("the trace context of traceQueries()", () => {
  it("goes with each call of the query, and with no other", async () => {
    const { gateway, connection, ended } = openTraced();
    gateway.result = longResult(3);
    const cursor = connection.cursor({ prefetchBytes: 0 });
    gateway.overrides = {
      identifyPlanner: () => ({}),
      explain: () => ({ explain: "plan" }),
      explainAnalyze: () => ({ explainAnalyze: "{}" }),
    };
    await cursor.execute("select ?", [1], { awaitPlanner: true });
    await cursor.fetchOne();
    await cursor.status();
    await cursor.explain();
    await cursor.explainAnalyze();
    await cursor.cancel();
    await connection.close();
    const traceparents = tracesOf(gateway.calls);
    const own = header(only(ended()));
    expect(traceparents).toEqual({
      authenticate: [null],
      identifyPlanner: [own],
      prepareStatement: [own],
      executeStatementV2: [own],
      getResultMetadata: [own],
      getNextResultBatchV2: [own],
      getNextResultBatch: [own],
      status: [own],
      explain: [own],
      explainAnalyze: [own],
      cancelQuery: [own],
      clear: [own],
    });
  });

  it("goes with every call of a data frame and of an attached query", async () => {
    const { gateway, connection, ended } = openTraced();
    gateway.overrides = {
      createDataFrame: () => ({ queryId: "frame" }),
      limitOnDataFrame: () => ({}),
      executeDataFrame: () => ({}),
      status: () => ({}),
      getNextResultBatch: () => ({}),
    };
    gateway.result = longResult(0, 0);
    await connection.query(dataFrame({ table: "orders" }).limit(1));
    const handle = {
      version: 1,
      queryId: "frame",
      engineIP: "e",
      strategy: "blue",
      readOnly: true,
      rowsDelivered: 0,
    } as const;
    const attached = await connection.attach(handle);
    await attached.result();
    await connection.close();
    const [frame, query] = ended().map(header);
    const traceparents = tracesOf(gateway.calls);
    expect(traceparents).toMatchObject({
      createDataFrame: [frame],
      limitOnDataFrame: [frame],
      executeDataFrame: [frame],
      status: [query],
      getResultMetadata: [frame, query],
      clear: [frame, query],
    });
  });

  it("stays the same on the other stack, and differs from query to query", async () => {
    const { gateway, connection, ended } = openTraced();
    await connection.query("select 1");
    gateway.active = "green";
    await connection.query("select 2");
    await connection.close();
    const [first, second] = ended().map(header);
    expect(tracesOf(gateway.calls)["prepareStatement"]).toEqual([first, second]);
    expect(first).not.toBe(second);
  });

  it("says whether the trace is recorded", async () => {
    const { gateway, connection } = openConnection({
      observe: [traceQueries(fixedTracer({ traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 0 }))],
    });
    await connection.query("select 1");
    await connection.close();
    expect(tracesOf(gateway.calls)["prepareStatement"]).toEqual([`00-${"a".repeat(32)}-${"b".repeat(16)}-00`]);
  });

  it("is not sent where no SDK is at work: then the caller's counts", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const { gateway, connection } = openConnection({ observe: [traceQueries(trace.getTracer("none"))] });
    await connection.query("select 1");
    await connection.query("select 2", undefined, { traceparent });
    await connection.close();
    expect(tracesOf(gateway.calls)["prepareStatement"]).toEqual([null, traceparent]);
  });
});

/** For each RPC the different trace contexts that it was called with. */
function tracesOf(calls: readonly { readonly rpc: string; readonly traceparent: string | null }[]) {
  const traceparents: Record<string, (string | null)[]> = {};
  for (const { rpc, traceparent } of calls) {
    traceparents[rpc] = [...new Set([...(traceparents[rpc] ?? []), traceparent])];
  }
  return traceparents;
}

/** A tracer whose spans are all the same one. */
function fixedTracer(spanContext: { traceId: string; spanId: string; traceFlags: number }): Tracer {
  const nothing = () => undefined;
  return {
    startSpan: () => ({
      spanContext: () => spanContext,
      setAttributes: nothing,
      addEvent: nothing,
      setStatus: nothing,
      end: nothing,
    }),
  };
}
