import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { bytesOfBatch, longResult, numberedResult, rowsInBatch } from "../../test/long-result.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { openConnection, openConnectionOn } from "../../test/open-connection.ts";
import { toCsv } from "../result/csv.ts";

/** A connection whose queries have so many batches, one in each answer. */
function openLong(batches: number) {
  const open = openConnectionOn(createManualRuntime());
  open.gateway.result = longResult(batches);
  open.gateway.batchesInAnswer = 1;
  return open;
}

const fetchesOf = (gateway: { rpcsOf(stack: "blue"): string[] }) =>
  gateway.rpcsOf("blue").filter((rpc) => rpc.startsWith("getNextResultBatch")).length;

async function rowsOf<Row>(stream: AsyncIterable<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of stream) rows.push(row);
  return rows;
}

describe("Connection.stream()", () => {
  it("gives rows one by one, and clears the query after the last", async () => {
    const { gateway, connection } = openLong(3);
    const stream = await connection.stream("select c from t");
    expect(stream).toMatchObject({ rowCount: 9, queryId: "blue-query-2", strategy: "blue", fields: [{ name: "c" }] });
    expect(await rowsOf(stream)).toEqual(Array.from({ length: 9 }, () => [5n]));
    await connection.close();
    expect(gateway.rpcsOf("blue").slice(-1)).toEqual(["clear"]);
    expect(gateway.rpcsOf("blue")).not.toContain("cancelQuery");
  });

  it("gives objects and other dialects", async () => {
    const { connection } = openLong(1);
    const stream = await connection.stream("select c from t", undefined, { dialect: "json" });
    expect(await rowsOf(stream.objects())).toEqual(Array.from({ length: 3 }, () => ({ c: "5" })));
    await connection.close();
  });

  it("gives each row once, in order, to callers who ask without waiting", async () => {
    const { gateway, connection } = openLong(0);
    gateway.result = numberedResult([2, 1, 3]);
    const rows = (await connection.stream("select c from t"))[Symbol.asyncIterator]();
    const asked = await Promise.all(Array.from({ length: 8 }, () => rows.next()));
    expect(asked.map(({ value }) => value)).toEqual([[0n], [1n], [2n], [3n], [4n], [5n], undefined, undefined]);
    expect(asked.map(({ done }) => done ?? false)).toEqual([...Array(6).fill(false), true, true]);
    await connection.close();
  });

  it.each([
    ["in the middle of a batch", [4], 2n],
    ["the first of a batch", [2, 2], 2n],
  ])(
    "gives the rows before one that cannot be converted, %s, then rejects, and has ended",
    async (_where, sizes, bad) => {
      const { gateway, connection } = openLong(0);
      gateway.result = numberedResult([...sizes, 3]);
      const refused = new Error("not the third");
      const convert = {
        types: {
          LONG: (value: bigint) => {
            if (value === bad) throw refused;
            return value;
          },
        },
      };
      const rows = (await connection.stream("select c from t", undefined, { convert }))[Symbol.asyncIterator]();
      expect([await rows.next(), await rows.next()].map(({ value }) => value)).toEqual([[0n], [1n]]);
      await expect(rows.next()).rejects.toBe(refused);
      expect(await rows.next()).toEqual({ done: true, value: undefined });
      await connection.close();
      expect(gateway.openQueries.size).toBe(0);
    },
  );

  it("reads ahead up to its bound and no further, however slow its reader", async () => {
    const { gateway, connection } = openLong(20);
    let handed = 0;
    let widest = 0;
    gateway.intercept = (rpc) => {
      if (rpc.startsWith("getNext")) widest = Math.max(widest, fetchesOf(gateway) + 1 - handed);
      return undefined;
    };
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 4 * bytesOfBatch });
    for await (const batch of stream.batches()) {
      expect(batch.rowCount).toBe(rowsInBatch);
      handed++;
      // The batch that was handed over makes room for one; the last answer says that nothing follows.
      await expect.poll(() => fetchesOf(gateway)).toBe(Math.min(handed + 4, 21));
    }
    expect(handed).toBe(20);
    expect(widest).toBe(4 + 1);
    await connection.close();
  });

  it("reads nothing ahead with a bound of zero", async () => {
    const { gateway, connection } = openLong(5);
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 0 });
    let handed = 0;
    for await (const _batch of stream.batches()) expect(fetchesOf(gateway)).toBe(++handed);
    expect(handed).toBe(5);
    await connection.close();
  });

  it("gives the query back when a Web stream over it is cancelled before its first read", async () => {
    const { gateway, connection } = openLong(20);
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 0 });
    await toCsv(stream.batches(), stream.fields).cancel();
    await expect.poll(() => gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    await connection.close();
  });

  it("is read once", async () => {
    const { connection } = openLong(2);
    const stream = await connection.stream("select c from t");
    for await (const _row of stream);
    await expect(rowsOf(stream)).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    await connection.close();
  });

  it("refuses unknown options, and those of another kind, before any call", async () => {
    const { gateway, connection } = openLong(1);
    const wrong = [{ prefetch: 1 }, { prefetchBytes: -1 }, { onEvent: 1 }, { dialect: "xml" }] as unknown as object[];
    for (const options of wrong) {
      await expect(connection.stream("select 1", undefined, options)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    }
    expect(gateway.calls).toEqual([]);
  });
});

describe("Connection.stream() that is left", () => {
  const leave = {
    "by break": async (stream) => {
      for await (const _row of stream) break;
    },
    "by an error of its reader": async (stream) => {
      const failing = async () => {
        for await (const _row of stream) throw new Error("full");
      };
      await expect(failing()).rejects.toThrow("full");
    },
    "by close()": (stream) => stream.close(),
    "by await using": async (stream) => {
      await using used = stream;
      await used.objects()[Symbol.asyncIterator]().next();
    },
  } satisfies Record<
    string,
    (stream: Awaited<ReturnType<ReturnType<typeof openLong>["connection"]["stream"]>>) => Promise<void>
  >;

  it.each(Object.entries(leave))("stops the query at the engine: %s", async (_how, go) => {
    const { gateway, runtime, connection } = openLong(50);
    const { signal, listeners } = countedSignal();
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 1, signal, timeoutMs: 1000 });
    await go(stream);
    // The connection stays open meanwhile: its end would stop the query too.
    await expect.poll(() => gateway.openQueries.size).toBe(0);
    expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    await connection.close();
    expect(gateway.inFlight).toBe(0);
    expect(runtime.sleeping).toEqual([]);
    expect(listeners()).toBe(0);
  });

  it("tells who reads on that the result is not whole", async () => {
    const { connection } = openLong(50);
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 1 });
    const rows = stream.batches()[Symbol.asyncIterator]();
    await rows.next();
    await stream.close();
    await expect(rows.next()).rejects.toMatchObject({ code: "CLOSED" });
    await connection.close();
  });

  it("stops the query at once when its signal aborts, although nobody asks for rows", async () => {
    const { gateway, connection } = openLong(50);
    const controller = new AbortController();
    const options = { prefetchBytes: bytesOfBatch, signal: controller.signal };
    const stream = await connection.stream("select c from t", undefined, options);
    const rows = stream[Symbol.asyncIterator]();
    await rows.next();
    await expect.poll(() => gateway.inFlight).toBe(0);
    controller.abort();
    await expect.poll(() => gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    // Two rows of the batch are left: they are not handed out any more.
    await expect(rows.next()).rejects.toMatchObject({ code: "CANCELLED" });
    await connection.close();
  });

  it("stops the query when its time is over", async () => {
    const { gateway, runtime, connection } = openLong(50);
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 1, timeoutMs: 30_000 });
    const rows = stream.batches()[Symbol.asyncIterator]();
    await rows.next();
    runtime.advance(30_000);
    await expect(rows.next()).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED", retryable: true });
    await connection.close();
    expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
  });
});

describe("Connection.stream() that fails", () => {
  it("hands out what came before the failure, and says how many rows that was", async () => {
    const { gateway, connection } = openLong(5);
    let fetches = 0;
    gateway.intercept = (rpc) => (rpc === "getNextResultBatchV2" && ++fetches === 3 ? refusal("green") : undefined);
    const stream = await connection.stream("select c from t");
    const rows: unknown[] = [];
    const read = async () => {
      for await (const row of stream) rows.push(row);
    };
    await expect(read()).rejects.toMatchObject({
      code: "RESULT_INTERRUPTED",
      rowsDelivered: 6,
      queryId: "blue-query-2",
    });
    expect(rows).toHaveLength(6);
    await connection.close();
  });

  it("says that rows are missing", async () => {
    const { gateway, connection } = openLong(5);
    gateway.result = { ...longResult(5), batches: longResult(4).batches };
    const stream = await connection.stream("select c from t");
    await expect(rowsOf(stream)).rejects.toMatchObject({ code: "RESULT_INCOMPLETE" });
    await connection.close();
  });

  it("reports an SQL error before there is a stream", async () => {
    const { gateway, connection } = openLong(5);
    gateway.intercept = (rpc) =>
      rpc === "getResultMetadata" ? trailersOnly(Code.Internal, "Out of Memory Error") : undefined;
    await expect(connection.stream("select c from t")).rejects.toMatchObject({ code: "SQL_ERROR" });
    await connection.close();
    expect(gateway.rpcsOf("blue").slice(-1)).toEqual(["clear"]);
    // The engine has ended the query itself.
    expect(gateway.rpcsOf("blue")).not.toContain("cancelQuery");
  });
});

describe("the batches of a query", () => {
  it("come several in an answer, without a call for the end", async () => {
    const { gateway, connection } = openLong(7);
    gateway.batchesInAnswer = 4;
    expect((await connection.query("select c from t")).rowCount).toBe(21);
    await connection.close();
    expect(fetchesOf(gateway)).toBe(2);
  });

  it("are asked for again while the engine has none, ever more slowly", async () => {
    const { gateway, runtime, connection } = openConnection();
    let asked = 0;
    const [batch] = gateway.result.batches;
    gateway.overrides.getNextResultBatchV2 = () =>
      ++asked <= 6
        ? { resultBatches: [], endOfStream: false }
        : { resultBatches: [batch ?? new Uint8Array()], endOfStream: true };
    expect((await connection.query("select c from t")).rowCount).toBe(3);
    expect(runtime.pauses).toEqual([10, 20, 40, 80, 100, 100]);
    await connection.close();
  });

  it("are never empty among several", async () => {
    const { gateway, connection } = openConnection();
    const [batch] = gateway.result.batches;
    gateway.overrides.getNextResultBatchV2 = () => ({
      resultBatches: [batch ?? new Uint8Array(), new Uint8Array()],
      endOfStream: true,
    });
    await expect(connection.query("select c from t")).rejects.toMatchObject({ code: "MALFORMED_RESULT" });
    await connection.close();
  });

  it("come one by one from an engine that knows no other way, which is asked once", async () => {
    const { gateway, connection } = openConnection();
    for (let run = 0; run < 3; run++) expect((await connection.query("select c from t")).rowCount).toBe(3);
    await connection.close();
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "getNextResultBatchV2")).toHaveLength(1);
  });

  it("are not asked for twice where the outcome is unknown", async () => {
    const { gateway, connection } = openConnection();
    gateway.overrides.getNextResultBatchV2 = () => {
      throw new ConnectError("lost", Code.Unavailable);
    };
    const reading = connection.query("insert into t values (1) returning c");
    await expect(reading).rejects.toMatchObject({ code: "RESULT_INTERRUPTED", cause: { code: "GATEWAY" } });
    await connection.close();
    expect(fetchesOf(gateway)).toBe(1);
  });
});

/** A signal that counts the listeners which are still on it: none may rest on a platform's own way to remove it. */
function countedSignal() {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  vi.spyOn(signal, "addEventListener").mockImplementation((_type, listener) => void listeners.add(listener));
  vi.spyOn(signal, "removeEventListener").mockImplementation((_type, listener) => void listeners.delete(listener));
  return { signal, listeners: () => listeners.size };
}
