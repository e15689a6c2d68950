import { Code } from "@connectrpc/connect";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it, vi } from "vitest";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { longResult } from "../../test/long-result.ts";
import { only, openTraced } from "../../test/open-telemetry.ts";
import { dataFrame } from "../catalog/data-frame.ts";
import { type TraceOptions, type Tracer, traceQueries } from "./trace-queries.ts";

const eventsOf = (span: ReadableSpan) => span.events.map(({ name }) => name);

describe("traceQueries()", () => {
  it("makes a span by the conventions", async () => {
    const { gateway, connection, ended } = openTraced({
      url: "https://gateway.example.com:8443/e6",
      catalog: "sample",
      schema: "tpch",
    });
    gateway.result = longResult(3);
    await connection.query("SELECT n_name FROM nation WHERE n_nationkey = ?", [7]);
    await connection.close();
    const span = only(ended());
    expect([span.name, span.kind, span.status]).toEqual(["SELECT nation", 2, { code: SpanStatusCode.UNSET }]);
    expect(span.attributes).toEqual({
      "db.system.name": "e6data",
      "db.namespace": "sample|tpch",
      "db.query.summary": "SELECT nation",
      "db.response.returned_rows": 9,
      "server.address": "gateway.example.com",
      "server.port": 8443,
      "e6data.outcome": "done",
      "e6data.query_id": "blue-query-2",
      "e6data.strategy": "blue",
    });
    expect(span.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      ["e6data.authenticating", {}],
      ["e6data.planning", { "e6data.strategy": "blue" }],
      ["e6data.running", { "e6data.strategy": "blue" }],
      ["e6data.fetching", { "e6data.strategy": "blue" }],
    ]);
  });

  it("gives what sampling may ask for when the span begins", async () => {
    const { connection, tracer } = openTraced({ catalog: "sample", schema: "tpch" });
    await connection.query("select 1 from nation");
    await connection.close();
    expect(vi.mocked(tracer.startSpan).mock.calls).toEqual([
      [
        "select nation",
        {
          kind: 2,
          attributes: {
            "db.system.name": "e6data",
            "db.namespace": "sample|tpch",
            "db.query.summary": "select nation",
            "server.address": "gateway.example.com",
            "server.port": 443,
          },
        },
      ],
    ]);
  });

  it.each([
    [{ url: "http://[::1]", schema: "tpch" }, "tpch", { "server.address": "::1", "server.port": 80 }],
    [{ url: "https://a.example" }, "a.example:443", { "server.address": "a.example", "server.port": 443 }],
  ])(
    "names the span of a statement without a summary by what it is directed at: %o",
    async (options, name, attributes) => {
      const { connection, begun } = openTraced(options);
      await expect(connection.query("selct 1", undefined, { signal: AbortSignal.abort() })).rejects.toThrow();
      const span = only(begun());
      expect(span.name).toBe(name);
      expect(span.attributes).toMatchObject(attributes);
      expect(span.attributes).not.toHaveProperty("db.query.summary");
    },
  );

  it("counts the tables of the query's own catalog and schema", async () => {
    const { connection, ended } = openTraced({ catalog: "sample", schema: "tpch" });
    await connection.query("select 1", undefined, { schema: "sales" });
    await connection.close();
    expect(only(ended()).attributes["db.namespace"]).toBe("sample|sales");
  });

  it("tells an SQL error by its code, and nothing of its text", async () => {
    const { gateway, connection, ended } = openTraced();
    gateway.intercept = (rpc) =>
      rpc === "executeStatement" ? trailersOnly(Code.Internal, "Parser Error: selct") : undefined;
    await expect(connection.query("select 1 from t")).rejects.toMatchObject({ code: "SQL_ERROR" });
    await connection.close();
    const span = only(ended());
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span.attributes).toMatchObject({
      "error.type": "SQL_ERROR",
      "e6data.outcome": "failed",
      "e6data.strategy": "blue",
    });
    expect(eventsOf(span)).not.toContain("exception");
  });

  it("stays one span when the query moves to the other stack", async () => {
    const { gateway, connection, ended } = openTraced();
    gateway.intercept = (rpc, stack) => {
      if (rpc !== "executeStatement" || stack === "green") return undefined;
      gateway.active = "green";
      return refusal("green");
    };
    await connection.query("select 1");
    await connection.close();
    const span = only(ended());
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toMatchObject({ "e6data.strategy": "green", "e6data.outcome": "done" });
    expect(eventsOf(span).filter((name) => name !== "e6data.running" && name !== "e6data.fetching")).toEqual([
      "e6data.authenticating",
      "e6data.planning",
      "e6data.restarting",
      "e6data.authenticating",
      "e6data.planning",
    ]);
  });

  it("takes leaving a stream for an end, not for an error", async () => {
    const { gateway, connection, ended } = openTraced();
    gateway.result = longResult(100);
    const stream = await connection.stream("select 1", undefined, { prefetchBytes: 0 });
    for await (const _row of stream) break;
    const span = only(ended());
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toMatchObject({ "e6data.outcome": "cancelled", "db.response.returned_rows": 3 });
    expect(span.attributes).not.toHaveProperty("error.type");
    await connection.close();
  });

  it("puts the statement into the span only where that is asked for", async () => {
    const { connection, ended } = openTraced({}, { unsafeRecordSqlText: true });
    await connection.query("select n from t where k = ?", [1]);
    await connection.close();
    expect(only(ended()).attributes["db.query.text"]).toBe("select n from t where k = ?");
  });

  it("follows a cursor, a data frame and a query that is left at the engine", async () => {
    const { gateway, connection, ended } = openTraced({ schema: "tpch" });
    const cursor = connection.cursor();
    await cursor.execute("select 1 from a");
    await cursor.fetchAll();
    await cursor.close();
    gateway.overrides = {
      createDataFrame: () => ({ queryId: "frame" }),
      executeDataFrame: () => ({}),
      getNextResultBatch: () => ({}),
    };
    gateway.result = longResult(0, 0);
    await connection.query(dataFrame({ table: "orders" }));
    const left = await connection.submit("select 1 from b");
    left.detach();
    await connection.close();
    expect(ended().map(({ name, attributes }) => [name, attributes["e6data.outcome"]])).toEqual([
      ["select a", "done"],
      ["tpch", "done"],
      ["select b", "detached"],
    ]);
  });
});

describe("the options of traceQueries()", () => {
  it.each([
    [
      () => traceQueries(undefined as unknown as Tracer),
      'option "tracer" has no function startSpan: pass what trace.getTracer("app") gives',
    ],
    [() => traceQueries({} as Tracer), 'option "tracer" has no function startSpan'],
    [
      () => traceQueries(trace.getTracer("x"), { unsafeRecordSqlText: "no" as unknown as boolean }),
      'option "unsafeRecordSqlText" is not true or false: pass true or false, or leave it out',
    ],
    [
      () => traceQueries(trace.getTracer("x"), null as unknown as TraceOptions),
      'option "options" of traceQueries() is not an object',
    ],
    [
      () => traceQueries(trace.getTracer("x"), { text: true } as TraceOptions),
      'option "text" is not known to traceQueries()',
    ],
  ])("are checked: %s", (make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(message) }),
    );
  });
});
