import { afterEach, describe, expect, it, vi } from "vitest";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { createGate, openConnection, openConnectionOn } from "../../test/open-connection.ts";
import { dataFrame } from "../catalog/data-frame.ts";
import { sql } from "../sql/sql-template.ts";
import type { Observation, ObservedQuery, Observer } from "./observer.ts";
import type { QueryEvent } from "./query-event.ts";

const [first, second, third] = ["a", "b", "c"].map((digit) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`);

/** An observer, and what it saw. */
function createRecorder(observation: Observation = {}) {
  const queries: ObservedQuery[] = [];
  const events: QueryEvent[] = [];
  const observer: Observer = (query) => {
    queries.push(query);
    return { onEvent: (event) => events.push(event), ...observation };
  };
  return { queries, events, observer };
}

afterEach(() => vi.unstubAllGlobals());

describe("an observer", () => {
  it("sees each query in the very call that asks for it", async () => {
    const { queries, observer } = createRecorder();
    const { connection } = openConnection({
      url: "https://a.example/e6/",
      catalog: "c",
      schema: "s",
      observe: [observer],
    });
    const cursor = connection.cursor();
    const asked = [
      connection.query("select 1"),
      connection.stream(sql`select ${2}`, undefined, { schema: "t" }),
      connection.submit("select ?", [3]),
      cursor.execute("select 4", undefined, { catalog: "d" }),
      connection.query(dataFrame({ table: "t" })),
    ];
    const here = { catalog: "c", schema: "s", url: "https://a.example/e6" };
    expect(queries).toEqual([
      { sql: "select 1", ...here },
      { sql: "select ?", ...here, schema: "t" },
      { sql: "select ?", ...here },
      { sql: "select 4", ...here, catalog: "d" },
      { sql: undefined, ...here },
    ]);
    await Promise.allSettled(asked);
    await connection.close();
  });

  it("hears the same steps as the query's own listener", async () => {
    const [one, two, own] = [createRecorder(), createRecorder(), createRecorder()];
    const { connection } = openConnection({ observe: [one.observer, two.observer] });
    await connection.query("select 1", undefined, { onEvent: (event) => own.events.push(event) });
    await connection.close();
    expect(own.events.at(-1)?.type).toBe("done");
    expect([one.events, two.events]).toEqual([own.events, own.events]);
  });

  it("need not follow a query", async () => {
    const { queries, events, observer } = createRecorder();
    const onlySecond: Observer = (query) => (query.sql === "select 2" ? observer(query) : undefined);
    const { connection } = openConnection({ observe: [onlySecond] });
    await connection.query("select 1");
    await connection.query("select 2");
    await connection.close();
    expect(queries).toHaveLength(1);
    expect(events.filter(({ type }) => type === "done")).toHaveLength(1);
  });

  it("causes no calls: only a listener of the query's own has its progress asked for", async () => {
    const runtime = createManualRuntime();
    const { gateway, connection } = openConnectionOn(runtime, { observe: [createRecorder().observer] });
    const [reached, ready] = [createGate(), createGate()];
    const { metadata } = gateway.result;
    gateway.overrides.getResultMetadata = async () => {
      reached.open();
      await ready.passed;
      return { resultMetaData: metadata };
    };
    const query = connection.query("select 1");
    await reached.passed;
    expect(runtime.sleeping).toEqual([]);
    ready.open();
    await query;
    await connection.close();
    expect(gateway.rpcsOf("blue")).not.toContain("status");
  });

  it("that fails touches neither the query nor other observers", async () => {
    const reported: unknown[] = [];
    vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
    const broken = new Error("broken observer");
    const throwing = () => {
      throw broken;
    };
    const { events, observer } = createRecorder({ traceparent: first });
    const notAnObservation = (() => null) as unknown as Observer;
    const { gateway, connection } = openConnection({
      observe: [throwing, () => ({ onEvent: throwing }), notAnObservation, observer],
    });
    expect((await connection.query("select 1")).rowCount).toBe(3);
    expect(new Set(reported)).toEqual(new Set([broken]));
    expect(reported).toHaveLength(1 + events.length);
    expect(events.at(-1)?.type).toBe("done");
    vi.stubGlobal("reportError", undefined);
    expect((await connection.query("select 1")).rowCount).toBe(3);
    await connection.close();
    expect(gateway.calls.find(({ rpc }) => rpc === "prepareStatement")?.traceparent).toBe(first);
  });
});

describe("the trace context of a query", () => {
  const contexts = async (observe: readonly Observer[], ofConnection?: string, ofQuery?: string) => {
    const { gateway, connection } = openConnection({ observe, traceparent: ofConnection });
    await connection.query("select 1", undefined, { traceparent: ofQuery });
    await connection.close();
    const sent = (isOfQuery: boolean) =>
      new Set(
        gateway.calls.filter(({ rpc }) => (rpc !== "authenticate") === isOfQuery).map((call) => call.traceparent),
      );
    return { ofQuery: sent(true), ofSignIn: sent(false) };
  };

  it("is not sent where nobody has one", async () => {
    expect(await contexts([() => ({})])).toEqual({ ofQuery: new Set([null]), ofSignIn: new Set([null]) });
  });

  it("is the connection's on every call", async () => {
    expect(await contexts([], first)).toEqual({ ofQuery: new Set([first]), ofSignIn: new Set([first]) });
  });

  it("is the query's own before the connection's", async () => {
    expect(await contexts([], first, second)).toEqual({ ofQuery: new Set([second]), ofSignIn: new Set([first]) });
  });

  it("is the first observer's before all, where that one is well formed", async () => {
    const observe = [undefined, "", `${third} `, `00-${"0".repeat(32)}-${"a".repeat(16)}-01`, third, first].map(
      (traceparent) => () => ({ traceparent }),
    );
    expect(await contexts(observe, first, second)).toEqual({ ofQuery: new Set([third]), ofSignIn: new Set([first]) });
  });

  it("is left out where it is malformed: somebody forwards what came from anywhere", async () => {
    const malformed = `${first}\r\nstrategy: green`;
    expect(await contexts([], malformed, malformed)).toEqual({ ofQuery: new Set([null]), ofSignIn: new Set([null]) });
    expect(await contexts([], first, malformed)).toEqual({ ofQuery: new Set([first]), ofSignIn: new Set([first]) });
  });

  it("is refused where it is no text", async () => {
    const { connection } = openConnection();
    // What a caller may do whom no compiler checks.
    const traceparent = 7 as unknown as string;
    const message = 'option "traceparent" is not a text';
    await expect(connection.query("select 1", undefined, { traceparent })).rejects.toThrow(message);
    await expect(connection.stream("select 1", undefined, { traceparent })).rejects.toThrow(message);
    await expect(connection.cursor().execute("select 1", undefined, { traceparent })).rejects.toThrow(message);
    expect(() => openConnection({ traceparent })).toThrow(message);
  });
});
