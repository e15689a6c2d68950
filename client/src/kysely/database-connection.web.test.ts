import { Code } from "@connectrpc/connect";
import { CompiledQuery, sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { chunkBytes, longs } from "../../test/chunk-writer.ts";
import { type FakeGateway, trailersOnly } from "../../test/fake-gateway.ts";
import { bytesOfBatch, longResult, rowsInBatch } from "../../test/long-result.ts";
import { longRows, openKysely } from "../../test/open-kysely.ts";
import { vectorCase } from "../../test/vectors.ts";

const fives = (count: number) => Array.from({ length: count }, () => ({ c: 5n }));

function statements(gateway: FakeGateway): unknown[] {
  return gateway.calls
    .filter(({ rpc }) => rpc.startsWith("prepareStatement"))
    .map(({ message }) => Reflect.get(message, "queryString"));
}

describe("a statement's values", () => {
  it("are bound by the engine, and never a part of the text", async () => {
    const { gateway, db } = openKysely();
    const hostile = `x' or 1 = 1; drop table t; -- ? $1 :a %(b)s "\0`;
    await db
      .selectFrom("t")
      .selectAll()
      .where("name", "in", [hostile, "y"])
      .where("c", ">", 2n ** 60n)
      .limit(7)
      .execute();
    expect(statements(gateway)).toEqual([`select * from "t" where "name" in (?, ?) and "c" > ? limit ?`]);
    const { message } = gateway.calls.find(({ rpc }) => rpc === "executeStatementV2") ?? {};
    expect(message).toMatchObject({
      params: [
        { index: 0, type: "STRING", value: hostile },
        { index: 1, type: "STRING", value: "y" },
        { index: 2, type: "LONG", value: `${2n ** 60n}` },
        { index: 3, type: "LONG", value: "7" },
      ],
    });
  });

  it("take no place that is not theirs", async () => {
    const { gateway, db } = openKysely();
    const wrong = [sql`select '${1}', ${2}`, sql`select ?, ${1}`, sql`select 1 -- ${1}`, sql`select ${undefined}`];
    for (const query of wrong) {
      await expect(query.execute(db)).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    }
    expect(gateway.calls).toEqual([]);
  });

  it("may be a list in raw SQL", async () => {
    const { gateway, db } = openKysely();
    await sql`select * from t where c in ${[1, 2]}`.execute(db);
    expect(statements(gateway)).toEqual(["select * from t where c in  (?, ?)"]);
  });

  it("are not looked for in a text that has none", async () => {
    const { gateway, db } = openKysely();
    await db.executeQuery(CompiledQuery.raw("select x ? y, a[1:n] from t"));
    expect(statements(gateway)).toEqual(["select x ? y, a[1:n] from t"]);
  });
});

describe("a statement's answer", () => {
  it("tells how many rows a write touched, in every dialect", async () => {
    for (const dialect of ["exact", "plain", "json"] as const) {
      const { gateway, db } = openKysely({ dialect, convert: { types: { LONG: () => "?" } } });
      gateway.result = longRows(chunkBytes([longs(7n)]), 1);
      const insert = await db.insertInto("t").values({ c: 1n, name: "x" }).executeTakeFirst();
      expect(insert.numInsertedOrUpdatedRows).toBe(7n);
      expect((await db.updateTable("t").set({ c: 1n }).executeTakeFirst()).numUpdatedRows).toBe(7n);
      expect((await db.deleteFrom("t").executeTakeFirst()).numDeletedRows).toBe(7n);
      const merge = db.mergeInto("t").using("t as u", "t.c", "u.c").whenMatched().thenDelete();
      expect((await merge.executeTakeFirst()).numChangedRows).toBe(7n);
    }
  });

  it("tells no number that the engine does not tell", async () => {
    const { gateway, db } = openKysely();
    const insert = db.insertInto("t").values({ c: 1n, name: "x" }).compile();
    const wide = { metadata: vectorCase("duplicate-and-empty-names").result.metadata.slice(), batches: [] };
    new DataView(wide.metadata.buffer).setBigInt64(0, 1n);
    const answers = [
      longResult(1),
      longRows(chunkBytes([longs(-1n)]), 1),
      longRows(chunkBytes([{ ...longs(1n), nulls: [true] }]), 1),
      longRows(new Uint8Array(), 0),
      { ...wide, batches: [chunkBytes([longs(1n), longs(2n), longs(3n)])] },
    ];
    for (const answer of answers) {
      gateway.result = answer;
      expect(await db.executeQuery(insert)).not.toHaveProperty("numAffectedRows");
    }
  });

  it("is the rows of anything else, also of one that looks like a count", async () => {
    const { gateway, db } = openKysely();
    gateway.result = longRows(chunkBytes([longs(7n)]), 1);
    const result = await db.executeQuery(db.selectFrom("t").select("c"));
    expect(result).toEqual({ rows: [{ c: 7n }] });
  });

  it("is an E6Error where it is a failure", async () => {
    const { gateway, db } = openKysely();
    gateway.intercept = (rpc) =>
      rpc.startsWith("prepareStatement") ? trailersOnly(Code.InvalidArgument, "Parser Error: no") : undefined;
    const query = db.selectFrom("t").selectAll();
    const error = { name: "E6Error", code: "SQL_ERROR", message: "Parser Error: no" };
    await expect(query.execute()).rejects.toMatchObject(error);
    await expect(query.stream().next()).rejects.toMatchObject(error);
  });
});

describe("a stream", () => {
  it("gives rows in chunks of the size that is asked for", async () => {
    const { gateway, db } = openKysely();
    gateway.result = longResult(4);
    const compiled = db.selectFrom("t").select("c").compile();
    const chunksOf = async (size: number) => {
      const sizes: number[] = [];
      const take = async ({ rows }: { readonly rows: readonly unknown[] }) => void sizes.push(rows.length);
      for await (const chunk of db.getExecutor().stream(compiled, size)) await take(chunk);
      return sizes;
    };
    expect(await chunksOf(5)).toEqual([5, 5, 2]);
    expect(await chunksOf(6)).toEqual([6, 6]);
    expect(await chunksOf(100)).toEqual([12]);
    expect(await chunksOf(Number.NaN)).toEqual(Array.from({ length: 12 }, () => 1));
  });

  it("gives every row, and clears the query", async () => {
    const { gateway, db } = openKysely();
    gateway.result = longResult(4);
    const rows: unknown[] = [];
    for await (const row of db.selectFrom("t").select("c").stream(2)) rows.push(row);
    expect(rows).toEqual(fives(12));
    await expect.poll(() => gateway.openQueries.size).toBe(0);
    expect(gateway.rpcsOf("blue")).not.toContain("cancelQuery");
  });

  it("reads no further than its bound, and stops the query when it is left", async () => {
    const { gateway, db } = openKysely({ prefetchBytes: bytesOfBatch });
    gateway.result = longResult(50);
    for await (const _row of db.selectFrom("t").select("c").stream(rowsInBatch)) break;
    await expect.poll(() => gateway.openQueries.size).toBe(0);
    const rpcs = gateway.rpcsOf("blue");
    expect(rpcs.slice(-2)).toEqual(["cancelQuery", "clear"]);
    expect(rpcs.filter((rpc) => rpc === "getNextResultBatch").length).toBeLessThan(4);
  });

  it("stops the query when its reader fails", async () => {
    const { gateway, db } = openKysely({ prefetchBytes: 1 });
    gateway.result = longResult(50);
    const read = async () => {
      for await (const _row of db.selectFrom("t").select("c").stream(2)) throw new Error("full");
    };
    await expect(read()).rejects.toThrow("full");
    await expect.poll(() => gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
  });

  it("that nobody reads sends nothing", async () => {
    const { gateway, db } = openKysely();
    await db.selectFrom("t").select("c").stream().return?.(undefined);
    expect(gateway.calls).toEqual([]);
  });
});

describe("a signal that aborts", () => {
  const reason = new Error("enough");
  let printed: MockInstance;
  beforeEach(() => {
    printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
  });
  afterEach(() => {
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  });

  /** A database whose engine never answers this call; `reached` tells that it was made. */
  function openStuck(call: string) {
    const open = openKysely({ prefetchBytes: 0 });
    const controller = new AbortController();
    const { promise: reached, resolve } = Promise.withResolvers<void>();
    open.gateway.result = longResult(50);
    open.gateway.intercept = (rpc) => {
      if (rpc !== call) return undefined;
      resolve();
      return new Promise<never>(() => undefined);
    };
    return { ...open, controller, reached };
  }

  const strategies = [undefined, "ignore query", "cancel query"] as const;

  it.each(strategies)("stops a statement at the engine: strategy %s", async (inflightQueryAbortStrategy) => {
    const { gateway, db, controller, reached } = openStuck("getResultMetadata");
    const options = { signal: controller.signal, inflightQueryAbortStrategy };
    const outcome = expect(db.selectFrom("t").selectAll().execute(options)).rejects.toBe(reason);
    await reached;
    controller.abort(reason);
    await outcome;
    await expect.poll(() => gateway.openQueries.size).toBe(0);
    expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    await db.destroy();
  });

  it("cannot end the session, which others use", async () => {
    const { gateway, db } = openKysely();
    const options = { signal: new AbortController().signal, inflightQueryAbortStrategy: "kill session" } as const;
    await expect(db.selectFrom("t").selectAll().execute(options)).rejects.toThrow('"cancel query"');
    expect(gateway.calls).toEqual([]);
  });

  it.each(["getResultMetadata", "getNextResultBatch"])("stops a stream that waits for %s", async (call) => {
    const { gateway, db, controller, reached } = openStuck(call);
    const next = db.selectFrom("t").selectAll().stream({ signal: controller.signal }).next();
    const outcome = expect(next).rejects.toBe(reason);
    await reached;
    controller.abort(reason);
    await outcome;
    await expect.poll(() => gateway.openQueries.size).toBe(0);
    expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
  });

  it("stops a stream between two rows", async () => {
    const { gateway, db, controller } = openStuck("nothing");
    const rows = db.selectFrom("t").selectAll().stream({ signal: controller.signal, chunkSize: 1 });
    await rows.next();
    controller.abort(reason);
    await expect.poll(() => gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    await expect(rows.next()).rejects.toBe(reason);
  });

  it("keeps a statement from being sent", async () => {
    const { gateway, db } = openKysely();
    const signal = AbortSignal.abort(reason);
    await expect(db.selectFrom("t").selectAll().execute({ signal })).rejects.toBe(reason);
    await expect(db.selectFrom("t").selectAll().stream({ signal }).next()).rejects.toBe(reason);
    expect(gateway.calls).toEqual([]);
  });
});
