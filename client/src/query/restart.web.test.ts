import { describe, expect, it } from "vitest";
import { chunkBytes, longs } from "../../test/chunk-writer.ts";
import { numberedResult } from "../../test/long-result.ts";
import { allLosses, numbersIn, openLosing } from "../../test/losing-query.ts";
import { upTo } from "../../test/numbered-query.ts";

describe("a query that only reads, and is lost while nobody has a row of it", () => {
  it.each(
    (
      [
        ["executeStatement", 1],
        ["getResultMetadata", 1],
        ["getNextResultBatch", 1],
        ["getNextResultBatch", 3],
        ["getNextResultBatch", 5],
      ] as const
    ).flatMap(([rpc, nth]) => allLosses.map((loss) => [rpc, nth, loss] as const)),
  )("answers query() as if nothing had been: %s %d, %s", async (rpc, nth, loss) => {
    const { connection, pass, events, onEvent, rpcs, leftovers, types } = openLosing(rpc, nth, loss);
    const result = await pass(connection.query("select c from t", undefined, { onEvent }));
    expect(numbersIn(result.rows())).toEqual(upTo(0, 12));
    // Read again as it is: what changes nothing; and what says nothing but that all rows had come, needs no other query.
    const repeats = rpc === "getResultMetadata" && (loss === "NETWORK" || loss === "GATEWAY");
    const isAgain = !repeats && nth < 5;
    const place = { queryId: result.queryId, strategy: result.strategy };
    expect(rpcs("executeStatement").at(-1)).toMatchObject({ queryId: place.queryId, stack: place.strategy });
    expect(rpcs("prepareStatement")).toHaveLength(isAgain ? 2 : 1);
    const restarting = events.filter(({ type }) => type === "restarting");
    expect(restarting).toMatchObject(isAgain ? [{ code: loss, queryId: "blue-query-2", strategy: "blue" }] : []);
    expect(events.at(-1)).toMatchObject({ type: "done", rows: 12, ...place });
    const recovered = nth < 5 ? [{ type: "recovered", code: loss, by: repeats ? "repeat" : "restart", tries: 1 }] : [];
    expect(types("recovered", "interrupted")).toMatchObject(recovered);
    expect(await leftovers()).toEqual([0, 0, 0]);
  });

  it("fetches each query from its first row to its last, and none twice", async () => {
    const { gateway, connection, pass } = openLosing("getNextResultBatch", 3, "NETWORK");
    await pass(connection.query("select c from t"));
    const fetches = gateway.calls.filter(({ rpc }) => rpc === "getNextResultBatchV2").map(({ queryId }) => queryId);
    // The one that was lost has not been seen there.
    expect(fetches).toEqual([
      ...Array.from({ length: 2 }, () => "blue-query-2"),
      ...Array.from({ length: 5 }, () => "blue-query-3"),
    ]);
    await connection.close();
  });

  it.each(allLosses)("begins a stream again that nobody has read yet: %s", async (loss) => {
    const { connection, pass, untilLost, leftovers } = openLosing("getNextResultBatch", 2, loss);
    const stream = await pass(connection.stream("select c from t"));
    const before = stream.queryId;
    // The first batch has come by then.
    await untilLost();
    const rows: unknown[][] = [];
    const read = async () => {
      for await (const row of stream) rows.push(row);
    };
    await pass(read());
    expect(numbersIn(rows)).toEqual(upTo(0, 12));
    expect([stream.queryId === before, stream.rowCount]).toEqual([false, 12]);
    expect(await leftovers()).toEqual([0, 0, 0]);
  });

  it.each(allLosses)("begins again under a cursor that gathers rows: %s", async (loss) => {
    const { connection, pass, leftovers } = openLosing("getNextResultBatch", 2, loss);
    const cursor = connection.cursor({ prefetchBytes: 0 });
    await pass(cursor.execute("select c from t"));
    const before = cursor.queryId;
    expect(numbersIn(await pass(cursor.fetchMany(5)))).toEqual(upTo(0, 5));
    expect(numbersIn(await pass(cursor.fetchAll()))).toEqual(upTo(5, 12));
    expect(cursor.queryId).not.toBe(before);
    await pass(cursor.close());
    expect(await leftovers()).toEqual([0, 0, 0]);
  });

  it("begins again under executeMany(), which keeps no rows", async () => {
    const { connection, pass, rpcs } = openLosing("getNextResultBatch", 2, "NETWORK");
    const cursor = connection.cursor();
    await pass(cursor.executeMany("select c from t where a = ?", [[1], [2]]));
    expect(numbersIn(await pass(cursor.fetchAll()))).toEqual(upTo(0, 12));
    expect(rpcs("executeStatementV2")).toHaveLength(3);
    await pass(connection.close());
  });

  it.each(allLosses)("begins a submitted query again, as long as nobody may hold on to it: %s", async (loss) => {
    const { connection, pass } = openLosing("getNextResultBatch", 2, loss);
    const query = await pass(connection.submit("select c from t"));
    const { queryId } = query;
    expect(numbersIn((await pass(query.result())).rows())).toEqual(upTo(0, 12));
    expect(query.queryId).not.toBe(queryId);
    await pass(connection.close());
  });

  it("takes other columns of a result that is handed out as a whole, and none of a stream", async () => {
    for (const columns of [1, 2]) {
      const { gateway, connection, pass } = openLosing("getNextResultBatch", 1, "NETWORK");
      const stream = await pass(connection.stream("select * from t", undefined, { prefetchBytes: 0 }));
      const { metadata } = numberedResult([1]);
      // Another name, of as many bytes.
      if (columns === 2) metadata.set([0x7a], 14);
      gateway.result = { metadata, batches: [chunkBytes([longs(7n)])] };
      const reading = pass(stream[Symbol.asyncIterator]().next());
      if (columns === 1) expect(await reading).toEqual({ done: false, value: [7n] });
      else await expect(reading).rejects.toMatchObject({ code: "RESULT_INTERRUPTED", rowsDelivered: 0 });
      await pass(connection.close());
    }
    const { gateway, connection, pass } = openLosing("getNextResultBatch", 2, "NETWORK");
    const deliver = gateway.deliver;
    gateway.deliver = (response) => {
      if (gateway.calls.at(-1)?.rpc !== "getNextResultBatchV2") return deliver(response);
      const { metadata } = numberedResult([1]);
      metadata.set([0x7a], 14);
      gateway.result = { metadata, batches: [chunkBytes([longs(7n)])] };
      return response;
    };
    const result = await pass(connection.query("select * from t"));
    expect([result.fields[0]?.name.startsWith("z"), numbersIn(result.rows())]).toEqual([true, [7]]);
    await pass(connection.close());
  });
});

describe("a query that is lost, and cannot begin again", () => {
  it.each(allLosses)("ends a stream with the number of rows that were handed out: %s", async (loss) => {
    const { connection, pass, rpcs, leftovers, types } = openLosing("getNextResultBatch", 3, loss);
    const stream = await pass(connection.stream("select c from t", undefined, { prefetchBytes: 0 }));
    const rows: unknown[][] = [];
    const read = async () => {
      for await (const row of stream) rows.push(row);
    };
    const place = { queryId: "blue-query-2", strategy: "blue", rowsDelivered: 6 };
    await expect(pass(read())).rejects.toMatchObject({ code: "RESULT_INTERRUPTED", ...place, cause: { code: loss } });
    expect(numbersIn(rows)).toEqual(upTo(0, 6));
    expect(rpcs("executeStatement")).toHaveLength(1);
    expect(types("recovered", "interrupted")).toMatchObject([{ type: "interrupted", ...place }]);
    expect(await leftovers()).toEqual([0, 0, 0]);
  });

  it("hands out what had come before, and does not end for it", async () => {
    const { connection, pass } = openLosing("getNextResultBatch", 3, "NETWORK");
    const stream = await pass(connection.stream("select c from t", undefined, { prefetchBytes: 0 }));
    const batches = stream.batches()[Symbol.asyncIterator]();
    expect((await batches.next()).value?.rowCount).toBe(3);
    expect((await batches.next()).value?.rowCount).toBe(3);
    await expect(pass(batches.next())).rejects.toMatchObject({ code: "RESULT_INTERRUPTED", rowsDelivered: 6 });
    await connection.close();
  });

  it.each(["a batch of a cursor", "a fetch of a cursor"])("has given rows: %s", async (how) => {
    const { connection, pass } = openLosing("getNextResultBatch", 2, "NETWORK");
    const cursor = connection.cursor({ prefetchBytes: 0 });
    await pass(cursor.execute("select c from t"));
    if (how === "a fetch of a cursor") await cursor.fetchMany(3);
    const read = async () => {
      for await (const _batch of cursor.batches());
    };
    const reading: Promise<unknown> = how === "a fetch of a cursor" ? cursor.fetchAll() : read();
    await expect(pass(reading)).rejects.toMatchObject({ code: "RESULT_INTERRUPTED", rowsDelivered: 3 });
    await connection.close();
  });

  it("may write", async () => {
    for (const rpc of ["getResultMetadata", "getNextResultBatch"]) {
      const { connection, pass, rpcs, leftovers } = openLosing(rpc, 1, "SESSION_EXPIRED");
      const error = { code: "RESULT_INTERRUPTED", retryable: false, rowsDelivered: 0 };
      await expect(pass(connection.query("insert into t values (1)"))).rejects.toMatchObject(error);
      expect(rpcs("executeStatement")).toHaveLength(1);
      // Nobody has signed in since, and nobody does so to give it back.
      expect((await leftovers()).slice(1)).toEqual([0, 0]);
    }
  });

  it("is held on to by a handle", async () => {
    const { connection, pass } = openLosing("getNextResultBatch", 1, "NETWORK");
    const query = await pass(connection.submit("select c from t"));
    const { queryId } = query.handle();
    await expect(pass(query.result())).rejects.toMatchObject({ code: "RESULT_INTERRUPTED", queryId });
    await pass(connection.close());
  });

  it("was attached to", async () => {
    const { connection, connectAgain, pass } = openLosing("getNextResultBatch", 1, "NETWORK");
    const query = await pass(connection.submit("select c from t"));
    query.detach();
    const other = connectAgain();
    const attached = await other.attach(query.handle());
    await expect(attached.result()).rejects.toMatchObject({ code: "RESULT_INTERRUPTED", queryId: query.queryId });
    await other.close();
    await pass(connection.close());
  });

  it("ends by what was wrong at last, when it was lost too often", async () => {
    const { connection, pass, rpcs, leftovers, types } = openLosing("getNextResultBatch", 1, "NETWORK", 100);
    await expect(pass(connection.query("select c from t"))).rejects.toMatchObject({
      code: "RESULT_INTERRUPTED",
      queryId: "blue-query-5",
      cause: { code: "NETWORK", cause: { cause: new TypeError("connection reset") } },
    });
    expect(rpcs("executeStatement")).toHaveLength(1 + 3);
    expect(types("recovered", "interrupted")).toMatchObject([{ type: "interrupted", queryId: "blue-query-5" }]);
    expect(await leftovers()).toEqual([0, 0, 0]);
  });

  it("lacks a right, where new sessions are denied it too", async () => {
    const { connection, pass, rpcs } = openLosing("getResultMetadata", 1, "SESSION_EXPIRED", 100);
    await expect(pass(connection.query("select c from t"))).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      message: "Access denied",
    });
    expect(rpcs("executeStatement")).toHaveLength(3);
    await pass(connection.close());
  });

  it.each([0, 150])("has no time left for it: %d ms", async (recoveryTimeoutMs) => {
    const { connection, pass, rpcs } = openLosing("getNextResultBatch", 1, "NETWORK", 1, { recoveryTimeoutMs });
    await expect(pass(connection.query("select c from t"))).rejects.toMatchObject({ code: "RESULT_INTERRUPTED" });
    expect(rpcs("executeStatement")).toHaveLength(1);
    await connection.close();
  });
});
