import { Code, ConnectError } from "@connectrpc/connect";
import { diag, SpanStatusCode } from "@opentelemetry/api";
import { afterEach, describe, expect, it } from "vitest";
import { refusal } from "../../test/fake-gateway.ts";
import { longResult } from "../../test/long-result.ts";
import { createGate } from "../../test/open-connection.ts";
import { only, openTraced } from "../../test/open-telemetry.ts";

afterEach(() => diag.disable());

describe("the spans of traceQueries()", () => {
  type Opened = ReturnType<typeof openTraced>;
  const waiting = (rpc: string) => async (opened: Opened, work: (query: Promise<unknown>) => unknown) => {
    const [reached, never] = [createGate(), createGate()];
    opened.gateway.intercept = (name) => {
      if (name !== rpc) return undefined;
      reached.open();
      return never.passed.then(() => refusal("green"));
    };
    const query = opened.connection.query("select 1");
    await Promise.race([reached.passed, query]);
    await work(query);
    await expect(query).rejects.toThrow();
  };
  const closing = (rpc: string) => (opened: Opened) => waiting(rpc)(opened, () => opened.connection.close());

  it.each<readonly [string, (opened: Opened) => Promise<unknown>, outcome: string]>([
    ["the last row", ({ connection }) => connection.query("select 1"), "done"],
    [
      "a signal that has aborted before",
      ({ connection }) => connection.query("select 1", [], { signal: AbortSignal.abort() }),
      "cancelled",
    ],
    ["close() while it signs in", closing("authenticate"), "cancelled"],
    ["close() while it is prepared", closing("prepareStatement"), "cancelled"],
    ["close() while it is executed", closing("executeStatement"), "cancelled"],
    ["close() while its columns are awaited", closing("getResultMetadata"), "cancelled"],
    ["close() while its rows are awaited", closing("getNextResultBatch"), "cancelled"],
    [
      "close() before anybody reads it",
      async ({ connection }) => {
        await connection.stream("select 1");
        await connection.close();
      },
      "cancelled",
    ],
    [
      "close() before anybody asks for its columns",
      async ({ connection }) => {
        await connection.submit("select 1");
        await connection.close();
      },
      "cancelled",
    ],
    [
      "the end of a stream that nobody reads",
      async ({ connection }) => (await connection.stream("select 1")).close(),
      "cancelled",
    ],
    [
      "an error in the loop of its reader",
      async ({ connection }) => {
        for await (const _row of await connection.stream("select 1")) throw new Error("enough");
      },
      "cancelled",
    ],
    [
      "a cursor's next statement",
      async ({ connection }) => {
        const cursor = connection.cursor({ prefetchBytes: 0 });
        await cursor.execute("select 1");
        await cursor.clear();
      },
      "cancelled",
    ],
    [
      "a failed sign-in",
      ({ gateway, connection }) => {
        gateway.overrides.authenticate = () => ({ sessionId: "" });
        return connection.query("select 1");
      },
      "failed",
    ],
    [
      "no active stack",
      ({ gateway, connection }) => {
        gateway.intercept = (_rpc, stack) => refusal(stack);
        return connection.query("select 1");
      },
      "failed",
    ],
    [
      "a cluster that stays asleep",
      ({ gateway, connection }) => {
        gateway.intercept = () => new Response(null, { status: 503 });
        return connection.query("select 1");
      },
      "failed",
    ],
    [
      "a prepare without an id",
      ({ gateway, connection }) => {
        gateway.overrides.prepareStatement = () => ({});
        return connection.query("select 1");
      },
      "failed",
    ],
    [
      "metadata that cannot be read",
      ({ gateway, connection }) => {
        gateway.result = { metadata: new Uint8Array([1, 2, 3]), batches: [] };
        return connection.query("select 1");
      },
      "failed",
    ],
    [
      "a batch that cannot be read",
      ({ gateway, connection }) => {
        gateway.result = { ...gateway.result, batches: [new Uint8Array([1, 2, 3])] };
        return connection.query("select 1");
      },
      "failed",
    ],
    [
      "too few rows",
      ({ gateway, connection }) => {
        gateway.result = longResult(1, 9);
        return connection.query("select 1");
      },
      "failed",
    ],
    [
      "an engine that fails within",
      ({ gateway, connection }) => {
        gateway.overrides.getNextResultBatch = () => {
          throw new ConnectError("out of memory", Code.Internal);
        };
        return connection.query("select 1");
      },
      "failed",
    ],
    [
      "an attach to what is gone",
      ({ gateway, connection }) => {
        gateway.overrides.status = () => {
          throw new ConnectError("no such query", Code.NotFound);
        };
        return connection.attach({
          version: 1,
          queryId: "q",
          engineIP: "e",
          strategy: "blue",
          readOnly: true,
          rowsDelivered: 0,
        });
      },
      "failed",
    ],
  ])("end once: %s", async (_name, run, outcome) => {
    const opened = openTraced();
    const complaints: string[] = [];
    const note = (message: string) => void complaints.push(message);
    diag.setLogger({
      error: note,
      warn: note,
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    });
    await run(opened).catch(() => undefined);
    await opened.connection.close();
    const span = only(opened.begun());
    expect(opened.ended()).toEqual([span]);
    expect(span.attributes["e6data.outcome"]).toBe(outcome);
    expect(span.status.code).toBe(outcome === "failed" ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
    // The SDK complains of whatever comes after the end.
    expect(complaints).toEqual([]);
  });

  it("do not begin for what is refused before it is a query", async () => {
    const { connection, begun } = openTraced();
    await expect(connection.query(" ")).rejects.toThrow();
    await expect(connection.query("select ?", [])).rejects.toThrow();
    await expect(connection.query("select 1", undefined, { timeoutMs: 0 })).rejects.toThrow();
    await connection.close();
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "CLOSED" });
    expect(begun()).toEqual([]);
  });
});
