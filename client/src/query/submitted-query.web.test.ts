import { describe, expect, it } from "vitest";
import { errorOf } from "../../test/error-of.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { numbersOf, openNumbered, stored, upTo } from "../../test/numbered-query.ts";
import { bearer, createGate, openConnectionOn } from "../../test/open-connection.ts";
import type { Connection, QueryEvent, SubmittedQuery } from "../index.ts";

describe("Connection.submit()", () => {
  it("resolves once the statement is accepted, and asks for no row before it is told to", async () => {
    const { gateway, connection } = openNumbered();
    const query = await connection.submit("select c from t");
    expect(query).toMatchObject({ queryId: "blue-query-2", strategy: "blue" });
    expect(gateway.rpcsOf("blue")).toEqual(["authenticate", "prepareStatement", "executeStatement"]);
    expect(await query.status()).toEqual({ done: true, rowCount: 3 });
    expect(await numbersOf(query)).toEqual(upTo(0, 12));
    await connection.close();
    expect(gateway.rpcsOf("blue").slice(-1)).toEqual(["clear"]);
    expect(gateway.rpcsOf("blue")).not.toContain("cancelQuery");
  });

  it("is read once, as a stream or as a whole", async () => {
    const { connection } = openNumbered();
    const query = await connection.submit("select c from t");
    const rows: unknown[] = [];
    for await (const row of await query.stream({ dialect: "plain", prefetchBytes: 0 })) rows.push(row);
    expect(rows).toEqual(upTo(0, 12).map((value) => [value]));
    await expect(query.result()).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    await connection.close();
  });

  it("refuses options that belong elsewhere", async () => {
    const { connection } = openNumbered();
    const reading = { dialect: "plain" } as object;
    await expect(connection.submit("select 1", undefined, reading)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    const query = await connection.submit("select 1");
    const limits = { signal: new AbortController().signal } as object;
    await expect(query.stream(limits)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await expect(query.result({ prefetchBytes: 1 } as object)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await connection.close();
  });

  const ends: Record<string, (query: SubmittedQuery, connection: Connection, abort: () => void) => unknown> = {
    "cancel()": (query) => query.cancel(),
    "await using": (query) => query[Symbol.asyncDispose](),
    "its signal": (_query, _connection, abort) => abort(),
    "the end of its connection": (_query, connection) => connection.close(),
  };
  it.each(Object.entries(ends))("gives the query back by %s, though nobody reads it", async (_how, end) => {
    const { gateway, runtime, connection } = openNumbered();
    const controller = new AbortController();
    const query = await connection.submit("select 1", undefined, { signal: controller.signal, timeoutMs: 1000 });
    await end(query, connection, () => controller.abort());
    await expect.poll(() => gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    expect(runtime.sleeping).toEqual([]);
    await expect(query.stream()).rejects.toThrow();
    expect(errorOf(() => query.handle()).code).toBe("INVALID_PARAMETER");
    await connection.close();
  });

  it("rejects, and ends the query, where its signal aborts with the engine's answer", async () => {
    const { gateway, connection } = openNumbered();
    const controller = new AbortController();
    gateway.intercept = (rpc) => {
      if (rpc === "executeStatement") controller.abort();
      return undefined;
    };
    const query = connection.submit("select 1", undefined, { signal: controller.signal });
    await expect(query).rejects.toMatchObject({ code: "CANCELLED", queryId: "blue-query-2", strategy: "blue" });
    await connection.close();
    expect(gateway.openQueries.size).toBe(0);
  });
});

describe("Connection.submit() whose signal aborts", () => {
  it("leaves no query behind, at whatever moment after the engine's answer", async () => {
    for (let moment = 0; moment < 60; moment++) {
      const { gateway, connection } = openNumbered();
      const controller = new AbortController();
      const abortAfter = (ticks: number) => {
        if (ticks === 0) controller.abort();
        else queueMicrotask(() => abortAfter(ticks - 1));
      };
      gateway.deliver = (response) => {
        if (gateway.calls.at(-1)?.rpc === "executeStatement") abortAfter(moment);
        return response;
      };
      await connection.submit("select 1", undefined, { signal: controller.signal }).catch(() => undefined);
      gateway.deliver = (response) => response;
      await expect.poll(() => gateway.openQueries.size, { interval: 1 }).toBe(0);
      expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
      await connection.close();
    }
  });
});

describe("handle()", () => {
  it("is small, and holds no secret unless asked", async () => {
    const { connection } = openNumbered();
    const query = await connection.submit("select 'private' where 1 = ?", [1]);
    const plain = {
      version: 1,
      queryId: "blue-query-2",
      engineIP: "blue-engine",
      strategy: "blue",
      readOnly: true,
      rowsDelivered: 0,
    };
    expect(query.handle()).toEqual(plain);
    expect(query.handle({ includeSessionSecret: true })).toEqual({ ...plain, sessionId: "blue-session-1" });
    expect(errorOf(() => query.handle({ includeSession: true } as object)).code).toBe("INVALID_OPTION");
    expect(errorOf(() => query.handle({ includeSessionSecret: 1 } as object)).code).toBe("INVALID_OPTION");
    await connection.close();
  });

  it("knows no session on a connection by bearer token", async () => {
    const { connection } = openConnectionOn(createManualRuntime(), bearer);
    const query = await connection.submit("insert into t values (1)");
    expect(query.handle({ includeSessionSecret: true })).not.toHaveProperty("sessionId");
    expect(query.handle().readOnly).toBe(false);
    await connection.close();
  });

  it("is refused while rows that have come are not read", async () => {
    const { gateway, connection } = openNumbered();
    gateway.batchesInAnswer = 2;
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 0 });
    expect(stream.handle().rowsDelivered).toBe(0);
    const rows = stream[Symbol.asyncIterator]();
    for (const row of upTo(0, 5)) {
      expect((await rows.next()).value).toEqual([BigInt(row)]);
      expect(errorOf(() => stream.handle())).toMatchObject({ code: "INVALID_PARAMETER" });
    }
    await rows.next();
    expect(stream.handle().rowsDelivered).toBe(6);
    // A batch that was asked for may be on its way.
    const next = rows.next();
    expect(errorOf(() => stream.handle()).code).toBe("INVALID_PARAMETER");
    await next;
    await stream.close();
    expect(errorOf(() => stream.handle()).code).toBe("INVALID_PARAMETER");
    await connection.close();
  });

  it("is refused at every moment until a batch has reached its reader", async () => {
    const { gateway, connection } = openNumbered();
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 0 });
    const given: number[] = [];
    let arrived = false;
    const tryOn = (times: number) => {
      if (arrived || times === 0) return;
      try {
        given.push(stream.handle().rowsDelivered);
      } catch {
        // As it should be.
      }
      queueMicrotask(() => tryOn(times - 1));
    };
    gateway.deliver = (response) => {
      tryOn(5000);
      return response;
    };
    const next = stream.batches()[Symbol.asyncIterator]().next();
    await next.then(() => {
      arrived = true;
    });
    expect([...new Set([...given, stream.handle().rowsDelivered])]).toEqual([3]);
    await connection.close();
  });

  it("is refused where rows were read ahead, until what has come is read", async () => {
    const { gateway, connection } = openNumbered(20);
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 1 });
    const batches = stream.batches()[Symbol.asyncIterator]();
    await batches.next();
    await expect.poll(() => gateway.inFlight).toBe(0);
    expect(errorOf(() => stream.handle()).code).toBe("INVALID_PARAMETER");
    stream.detach();
    expect(errorOf(() => stream.handle()).code).toBe("INVALID_PARAMETER");
    expect(await batches.next()).toMatchObject({ value: { rowCount: 3 } });
    expect(await batches.next()).toEqual({ done: true, value: undefined });
    expect(stream.handle().rowsDelivered).toBe(6);
    await connection.close();
    expect(gateway.openQueries.size).toBe(1);
  });
});

describe("detach()", () => {
  it("leaves the query at the engine, whatever happens here", async () => {
    const { gateway, runtime, connection, connectAgain } = openNumbered();
    const controller = new AbortController();
    const query = await connection.submit("select 1", undefined, { signal: controller.signal, timeoutMs: 1000 });
    query.detach();
    expect(runtime.sleeping).toEqual([]);
    controller.abort();
    await query.cancel();
    await query[Symbol.asyncDispose]();
    await connection.close();
    expect(gateway.openQueries.size).toBe(1);
    expect(gateway.rpcsOf("blue")).not.toContain("cancelQuery");
    const other = connectAgain();
    expect(await numbersOf(await other.attach(stored(query.handle())))).toEqual(upTo(0, 12));
    await other.close();
    expect(gateway.openQueries.size).toBe(0);
  });

  it("lets the answer that is under way come, although its connection is closed", async () => {
    const { gateway, connection, connectAgain } = openNumbered();
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 0, dialect: "plain" });
    const answered = createGate();
    gateway.intercept = (rpc) => (rpc === "getNextResultBatchV2" ? answered.passed.then(() => undefined) : undefined);
    const rows = stream[Symbol.asyncIterator]();
    const first = rows.next();
    await expect.poll(() => gateway.inFlight).toBe(1);
    stream.detach();
    await connection.close();
    answered.open();
    expect((await first).value).toEqual([0]);
    expect([(await rows.next()).value, (await rows.next()).value]).toEqual([[1], [2]]);
    expect((await rows.next()).done).toBe(true);
    const other = connectAgain();
    expect(await numbersOf(await other.attach(stream.handle()))).toEqual(upTo(3, 12));
    await other.close();
  });

  it("does not end the query although the answer that was under way is lost", async () => {
    const { gateway, connection } = openNumbered();
    const types: string[] = [];
    const onEvent = ({ type }: QueryEvent) => void types.push(type);
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 0, onEvent });
    const lost = Promise.withResolvers<Response>();
    gateway.intercept = (rpc) => (rpc === "getNextResultBatchV2" ? lost.promise : undefined);
    const rows = stream[Symbol.asyncIterator]();
    const first = rows.next();
    await expect.poll(() => gateway.inFlight).toBe(1);
    stream.detach();
    lost.reject(new TypeError("Failed to fetch"));
    await expect(first).rejects.toMatchObject({ code: "RESULT_INTERRUPTED", rowsDelivered: 0 });
    expect(types).toEqual(["authenticating", "planning", "running", "detached"]);
    expect(errorOf(() => stream.handle()).code).toBe("INVALID_PARAMETER");
    await connection.close();
    expect(gateway.openQueries.size).toBe(1);
  });

  it("never makes a part of a result look like a whole one", async () => {
    const { gateway, connection } = openNumbered();
    const query = await connection.submit("select c from t");
    const asked = createGate();
    const answered = createGate();
    gateway.intercept = (rpc) => {
      if (rpc !== "getNextResultBatchV2") return undefined;
      asked.open();
      return answered.passed.then(() => undefined);
    };
    const outcome = expect(query.result()).rejects.toMatchObject({ code: "CLOSED", queryId: "blue-query-2" });
    await asked.passed;
    query.detach();
    answered.open();
    await outcome;
    expect(errorOf(() => query.handle()).code).toBe("INVALID_PARAMETER");
    await connection.close();
  });

  it("lets a reader who has come too late find nothing, and the next one all", async () => {
    const { gateway, connection, connectAgain } = openNumbered();
    const query = await connection.submit("select c from t");
    const asked = createGate();
    const answered = createGate();
    gateway.intercept = (rpc) => {
      if (rpc !== "getResultMetadata") return undefined;
      asked.open();
      return answered.passed.then(() => undefined);
    };
    const opening = query.stream();
    await asked.passed;
    query.detach();
    answered.open();
    const rows: unknown[] = [];
    for await (const row of await opening) rows.push(row);
    expect(rows).toEqual([]);
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc.startsWith("getNext"))).toEqual([]);
    await expect(query.stream()).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    const other = connectAgain();
    expect(await numbersOf(await other.attach(query.handle()))).toEqual(upTo(0, 12));
    await Promise.all([other.close(), connection.close()]);
  });

  it("leaves no handle of a result whose last row was read", async () => {
    const { gateway, connection } = openNumbered(1);
    gateway.batchesInAnswer = 2;
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 0 });
    const rows = stream[Symbol.asyncIterator]();
    for (let row = 0; row < 3; row++) await rows.next();
    // The end is known here, though the reader does not know it yet.
    expect(errorOf(() => stream.handle()).message).toContain("has ended");
    expect((await rows.next()).done).toBe(true);
    await connection.close();
  });

  it("gives a query back whose last row had come already", async () => {
    const { gateway, connection } = openNumbered(1);
    const stream = await connection.stream("select c from t");
    await expect.poll(() => gateway.inFlight).toBe(0);
    stream.detach();
    const rows: unknown[] = [];
    for await (const row of stream) rows.push(row);
    expect(rows).toHaveLength(3);
    expect(errorOf(() => stream.handle()).code).toBe("INVALID_PARAMETER");
    await connection.close();
    expect(gateway.rpcsOf("blue").slice(-1)).toEqual(["clear"]);
  });

  it("lets a cursor hand out what has come", async () => {
    const { gateway, connection, connectAgain } = openNumbered();
    const cursor = connection.cursor({ dialect: "plain", prefetchBytes: 1 });
    cursor.detach();
    await cursor.execute("select c from t");
    expect(await cursor.fetchMany(2)).toEqual([[0], [1]]);
    await expect.poll(() => gateway.inFlight).toBe(0);
    expect(errorOf(() => cursor.handle()).code).toBe("INVALID_PARAMETER");
    cursor.detach();
    const rest = await cursor.fetchAll();
    const handle = cursor.handle();
    expect(rest).toEqual(upTo(2, handle.rowsDelivered).map((value) => [value]));
    await cursor.close();
    await connection.close();
    const other = connectAgain();
    expect(await numbersOf(await other.attach(handle))).toEqual(upTo(handle.rowsDelivered, 12));
    await other.close();
  });
});
