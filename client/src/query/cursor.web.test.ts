import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { longResult } from "../../test/long-result.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { createGate, openConnectionOn } from "../../test/open-connection.ts";

/** A cursor whose statements have so many batches of three rows. */
function openCursor(batches: number) {
  const open = openConnectionOn(createManualRuntime());
  open.gateway.result = longResult(batches);
  open.gateway.batchesInAnswer = 1;
  return { ...open, cursor: open.connection.cursor() };
}

describe("Cursor.executeMany()", () => {
  it("runs a statement for each set of values, in their order, each to its end before the next", async () => {
    const { gateway, connection, cursor } = openCursor(2);
    await cursor.executeMany("insert into t values (:a)", [{ a: 1 }, { a: 2 }, { a: 3 }]);
    const executed = gateway.calls.filter(({ rpc }) => rpc === "executeStatementV2");
    expect(executed.map(({ message }) => message)).toMatchObject(
      [1, 2, 3].map((a) => ({ params: [{ value: `${a}` }] })),
    );
    const firstQuery = gateway.calls.filter(({ queryId }) => queryId === executed[0]?.queryId).map(({ rpc }) => rpc);
    expect(firstQuery).toEqual([
      "executeStatementV2",
      "getResultMetadata",
      "getNextResultBatchV2",
      "getNextResultBatchV2",
      "getNextResultBatchV2",
      "clear",
    ]);
    expect(await cursor.fetchAll()).toHaveLength(6);
    await connection.close();
    expect(gateway.openQueries.size).toBe(0);
  });

  it.each([2.5, 0.5, Number.NaN, -1, Number.POSITIVE_INFINITY])(
    "refuses to fetch %d rows, and goes on",
    async (count) => {
      const { cursor, connection } = openCursor(2);
      await cursor.execute("select 5");
      await expect(cursor.fetchMany(count)).rejects.toMatchObject({
        code: "INVALID_PARAMETER",
        message: /whole number/,
      });
      expect(await cursor.fetchMany(0)).toEqual([]);
      expect(await cursor.fetchMany(4)).toHaveLength(4);
      expect(await cursor.fetchAll()).toHaveLength(2);
      await connection.close();
    },
  );

  it("ends at the first failure and tells which set of values it was", async () => {
    const { gateway, cursor } = openCursor(1);
    let executed = 0;
    gateway.intercept = (rpc) =>
      rpc === "executeStatementV2" && ++executed === 2
        ? trailersOnly(Code.InvalidArgument, "duplicate key")
        : undefined;
    await expect(cursor.executeMany("insert into t values (?)", [[1], [2], [3]])).rejects.toMatchObject({
      code: "SQL_ERROR",
      paramsIndex: 1,
    });
    expect(executed).toBe(2);
  });

  it("does nothing for no values", async () => {
    const { gateway, cursor } = openCursor(1);
    await cursor.executeMany("insert into t values (?)", []);
    expect(gateway.calls).toEqual([]);
  });
});

describe("Connection.cursor()", () => {
  it("hands out rows as they are asked for, across batches", async () => {
    const { connection, cursor } = openCursor(4);
    expect([cursor.description, cursor.rowCount, cursor.queryId, cursor.strategy]).toEqual(Array(4).fill(undefined));
    await cursor.execute("select c from t where a = :a", { a: 1 });
    expect(cursor).toMatchObject({
      rowCount: 12,
      queryId: "blue-query-2",
      strategy: "blue",
      description: [{ name: "c" }],
    });
    expect(await cursor.fetchOne()).toEqual([5n]);
    expect(await cursor.fetchMany(4)).toHaveLength(4);
    expect(await cursor.fetchMany(0)).toEqual([]);
    expect(await cursor.fetchAll()).toHaveLength(7);
    expect(await cursor.fetchOne()).toBeUndefined();
    expect(await cursor.fetchMany()).toEqual([]);
    await connection.close();
  });

  it("lets fetches take turns", async () => {
    const { connection, cursor } = openCursor(3);
    await cursor.execute("select c from t");
    const sizes = await Promise.all([cursor.fetchMany(2), cursor.fetchMany(5), cursor.fetchAll()]);
    expect(sizes.map(({ length }) => length)).toEqual([2, 5, 2]);
    await connection.close();
  });

  it("hands out batches", async () => {
    const { connection, cursor } = openCursor(3);
    await cursor.execute("select c from t");
    await cursor.fetchOne();
    await expect(cursor.batches()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    await cursor.fetchMany(2);
    let rows = 0;
    for await (const batch of cursor.batches()) rows += batch.rowCount;
    expect(rows).toBe(6);
    await connection.close();
  });

  it("gives the query back when the batches are left early", async () => {
    const { gateway, connection, cursor } = openCursor(50);
    await cursor.execute("select c from t");
    for await (const _batch of cursor.batches()) break;
    await expect.poll(() => gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    await connection.close();
  });

  it("reads values as it was opened to", async () => {
    const { connection } = openCursor(1);
    const cursor = connection.cursor({ dialect: "json" });
    await cursor.execute("select c from t");
    expect(await cursor.fetchOne()).toEqual(["5"]);
    await connection.close();
  });

  it("keeps a query that is read for status and explanations, until it is cleared", async () => {
    const { gateway, connection, cursor } = openCursor(1);
    gateway.overrides.explain = () => ({ explain: "SCAN" });
    gateway.overrides.explainAnalyze = () => ({
      explainAnalyze: "{}",
      isCached: true,
      parsingTime: 2n,
      queueingTime: 3n,
    });
    await cursor.execute("select c from t");
    await cursor.fetchAll();
    expect(await cursor.status()).toEqual({ done: true, rowCount: 3 });
    expect(await cursor.explain({ timeoutMs: 1000 })).toBe("SCAN");
    expect(await cursor.explainAnalyze()).toEqual({ profile: "{}", isCached: true, parsingMs: 2, queueingMs: 3 });
    expect(gateway.openQueries.size).toBe(1);
    await cursor.clear();
    expect(gateway.openQueries.size).toBe(0);
    expect(gateway.rpcsOf("blue")).not.toContain("cancelQuery");
    expect(cursor.description).toBeUndefined();
    await expect(cursor.status()).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    await connection.close();
  });

  it("runs one statement after the other, and gives the former back", async () => {
    const { gateway, connection, cursor } = openCursor(2);
    for (let run = 0; run < 3; run++) {
      await cursor.execute("select c from t");
      await cursor.fetchOne();
      await expect.poll(() => gateway.openQueries.size).toBe(1);
    }
    await cursor.close();
    expect(gateway.openQueries.size).toBe(0);
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "clear")).toHaveLength(3);
    await connection.close();
  });

  it("can be used again after a statement that failed", async () => {
    const { gateway, connection, cursor } = openCursor(1);
    gateway.intercept = (rpc) => (rpc === "prepareStatement" ? trailersOnly(Code.Internal, "Parser Error") : undefined);
    await expect(cursor.execute("selct")).rejects.toMatchObject({ code: "SQL_ERROR" });
    gateway.intercept = () => undefined;
    await cursor.execute("select c from t");
    expect(await cursor.fetchAll()).toHaveLength(3);
    await connection.close();
  });

  it("runs no two statements at a time", async () => {
    const { connection, cursor } = openCursor(1);
    const first = cursor.execute("select c from t");
    await expect(cursor.execute("select c from t")).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    await first;
    await connection.close();
  });

  it("says how many rows it has handed out when its result is interrupted", async () => {
    const { gateway, connection, cursor } = openCursor(9);
    let fetches = 0;
    gateway.intercept = (rpc) => (rpc === "getNextResultBatchV2" && ++fetches === 3 ? refusal("green") : undefined);
    await cursor.execute("select c from t");
    await cursor.fetchMany(4);
    await expect(cursor.fetchAll()).rejects.toMatchObject({ code: "RESULT_INTERRUPTED", rowsDelivered: 4 });
    await connection.close();
  });
});

describe("Cursor.cancel()", () => {
  it("stops a statement whose rows are being read", async () => {
    const { gateway, connection, cursor } = openCursor(50);
    await cursor.execute("select c from t");
    await cursor.fetchOne();
    await cursor.cancel();
    expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    await expect(cursor.fetchMany(100)).rejects.toMatchObject({ code: "CANCELLED" });
    await cursor.execute("select c from t");
    expect(await cursor.fetchOne()).toEqual([5n]);
    await cursor.close();
    expect(gateway.openQueries.size).toBe(0);
    await connection.close();
  });

  it.each(["cancel", "clear", "close"] as const)(
    "stops a statement that is still being run, as do others: %s",
    async (name) => {
      const { gateway, connection, cursor } = openCursor(1);
      const reached = createGate();
      gateway.intercept = (rpc) => {
        if (rpc !== "getResultMetadata") return undefined;
        reached.open();
        return new Promise<never>(() => undefined);
      };
      const outcome = expect(cursor.execute("select c from t")).rejects.toMatchObject({ code: "CANCELLED" });
      await reached.passed;
      await cursor[name]();
      await outcome;
      await expect.poll(() => gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
      await connection.close();
    },
  );

  it("leaves a result alone whose rows have all come", async () => {
    const { gateway, connection, cursor } = openCursor(1);
    await cursor.execute("select c from t");
    await cursor.fetchAll();
    await cursor.cancel();
    expect(await cursor.status()).toMatchObject({ done: true });
    expect(gateway.openQueries.size).toBe(1);
    await connection.close();
    expect(gateway.rpcsOf("blue")).not.toContain("cancelQuery");
  });

  it("does nothing where nothing runs", async () => {
    const { gateway, connection, cursor } = openCursor(1);
    await cursor.cancel();
    await cursor.clear();
    expect(gateway.calls).toEqual([]);
    await connection.close();
  });
});

describe("Cursor.close()", () => {
  it("gives the query back and ends the cursor; await using calls it", async () => {
    const { gateway, runtime, connection, cursor } = openCursor(50);
    {
      await using used = cursor;
      await used.execute("select c from t", undefined, { timeoutMs: 1000 });
      await used.fetchOne();
    }
    expect(gateway.openQueries.size).toBe(0);
    expect(runtime.sleeping).toEqual([]);
    for (const call of [cursor.fetchOne(), cursor.execute("select 1"), cursor.status()]) {
      await expect(call).rejects.toMatchObject({ code: "CLOSED" });
    }
    await cursor.close();
    await connection.close();
  });

  it("comes with the end of the connection, also for a result that is read", async () => {
    const { gateway, connection, cursor } = openCursor(1);
    await cursor.execute("select c from t");
    await cursor.fetchAll();
    await connection.close();
    expect(gateway.rpcsOf("blue").slice(-1)).toEqual(["clear"]);
    expect(gateway.openQueries.size).toBe(0);
  });

  it("comes with the end of the connection: no query is left at the engine", async () => {
    const { gateway, connection, cursor } = openCursor(50);
    await cursor.execute("select c from t");
    await cursor.fetchOne();
    await connection.close();
    expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    await expect(cursor.fetchMany(100)).rejects.toMatchObject({ code: "CLOSED" });
    await expect(cursor.execute("select 1")).rejects.toMatchObject({ code: "CLOSED" });
  });
});
