import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { trailersOnly } from "../../test/fake-gateway.ts";
import { numbersIn, openLosing } from "../../test/losing-query.ts";
import { openNumbered, upTo } from "../../test/numbered-query.ts";
import { passTime } from "../../test/pass-time.ts";

function openUnharmed() {
  const open = openNumbered();
  const rpcs = (name: string) => open.gateway.calls.filter((call) => call.rpc === name);
  return { ...open, rpcs, pass: <T>(work: Promise<T>) => passTime(open.runtime, work) };
}

describe("a query that begins again", () => {
  it("gives back the one that was lost at once, and lets go of its pin", async () => {
    const { gateway, connection, pass, rpcs } = openLosing("getNextResultBatch", 2, "NETWORK");
    await pass(connection.query("select c from t"));
    expect(rpcs("cancelQuery").map(({ queryId }) => queryId)).toEqual(["blue-query-2"]);
    await expect.poll(() => gateway.openQueries.size).toBe(0);
    expect(rpcs("clear").map(({ queryId }) => queryId)).toEqual(["blue-query-2", "blue-query-3"]);
    expect(connection.strategy.pins).toEqual([]);
    await connection.close();
  });

  it("gives back the one whose session is gone on the session that has taken its place", async () => {
    const { gateway, connection, pass, rpcs } = openUnharmed();
    let isGone = false;
    gateway.intercept = async (rpc, _stack, request) => {
      if (rpc === "getNextResultBatchV2") isGone = true;
      const body = new TextDecoder().decode(await request.clone().arrayBuffer());
      return isGone && body.includes("blue-session-1") ? trailersOnly(Code.Internal, "Access denied") : undefined;
    };
    await pass(connection.query("select c from t"));
    await pass(connection.close());
    expect(gateway.openQueries.size).toBe(0);
    expect(rpcs("clear").map(({ queryId, sessionId }) => `${queryId} ${sessionId}`)).toEqual([
      "blue-query-2 blue-session-3",
      "blue-query-4 blue-session-3",
    ]);
  });

  it.each(["its signal", "the end of its connection"])(
    "is left by %s at any moment, and leaves nothing",
    async (how) => {
      for (let moment = 0; moment < 20; moment++) {
        const { gateway, runtime, connection, pass } = openLosing("getNextResultBatch", 2, "STRATEGY_MISMATCH");
        const controller = new AbortController();
        const query = connection.query("select c from t", undefined, { signal: controller.signal });
        const outcome = query.then(
          () => "done",
          ({ code }: { code: string }) => code,
        );
        await expect.poll(() => gateway.active, { interval: 1 }).toBe("green");
        for (let tick = 0; tick < moment * 9; tick++) await Promise.resolve();
        const closing = how === "its signal" ? controller.abort() : connection.close();
        expect(["CANCELLED", "CLOSED", "done"]).toContain(await pass(outcome));
        await pass(Promise.resolve(closing));
        await pass(connection.close());
        expect([gateway.openQueries.size, connection.strategy.pins, runtime.sleeping]).toEqual([0, [], []]);
      }
    },
  );

  it("is let go of meanwhile: the new one stays at the engine, and is no longer counted here", async () => {
    const { gateway, connection, connectAgain, pass } = openLosing("getNextResultBatch", 1, "STRATEGY_MISMATCH");
    const query = await pass(connection.submit("select c from t"));
    const reached = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    gateway.overrides.executeStatement = async () => {
      reached.resolve();
      await goOn.promise;
      return {};
    };
    const stream = await pass(query.stream({ prefetchBytes: 0 }));
    const first = stream[Symbol.asyncIterator]().next();
    await pass(reached.promise);
    query.detach();
    goOn.resolve();
    expect(await pass(first)).toEqual({ done: true, value: undefined });
    expect([query.strategy, connection.strategy.pins]).toEqual(["green", []]);
    await pass(connection.close());
    expect([...gateway.openQueries]).toEqual([query.queryId]);
    const other = connectAgain();
    expect((await (await other.attach(query.handle())).result()).rowCount).toBe(12);
    await other.close();
  });

  it("serves readers who come at the same time one after the other, and none twice", async () => {
    const { connection, pass } = openLosing("getNextResultBatch", 1, "NETWORK");
    const stream = await pass(connection.stream("select c from t", undefined, { prefetchBytes: 0 }));
    const batches = stream.batches()[Symbol.asyncIterator]();
    const read = await pass(Promise.all(Array.from({ length: 6 }, () => batches.next())));
    expect(read.map(({ value }) => value?.rowCount)).toEqual([3, 3, 3, 3, undefined, undefined]);
    await connection.close();
  });

  it("gives back what it had lost also where there is no other in the end", async () => {
    const { gateway, connection, pass, leftovers } = openLosing("getNextResultBatch", 1, "SESSION_EXPIRED");
    const former = gateway.intercept;
    let signIns = 0;
    gateway.intercept = (rpc, stack, request) => {
      // The new session prepares nothing.
      if (rpc === "authenticate") signIns++;
      if (signIns === 2 && rpc === "prepareStatement") return trailersOnly(Code.Internal, "Parser Error");
      return former(rpc, stack, request);
    };
    await expect(pass(connection.query("select c from t"))).rejects.toMatchObject({ code: "SQL_ERROR" });
    expect(await leftovers()).toEqual([0, 0, 0]);
  });

  it("goes on with the same call where its session has got another id meanwhile", async () => {
    const { gateway, connection, pass, rpcs } = openUnharmed();
    const stream = await pass(connection.stream("select c from t", undefined, { prefetchBytes: 0 }));
    const rows = stream[Symbol.asyncIterator]();
    await rows.next();
    await rows.next();
    await rows.next();
    gateway.overrides.status = () => ({ status: true, rowCount: 12n, sessionId: "slid" });
    let refused = 0;
    gateway.intercept = async (rpc, _stack, request) => {
      if (rpc !== "getNextResultBatchV2") return undefined;
      const body = new TextDecoder().decode(await request.clone().arrayBuffer());
      if (body.includes("slid")) return undefined;
      refused++;
      // An answer to another call brings the new id; only then is the old one refused.
      await connection.submit("select 1").then((query) => query.status());
      return trailersOnly(Code.Internal, "Access denied");
    };
    const left: unknown[][] = [];
    for (let row = await pass(rows.next()); !row.done; row = await pass(rows.next())) left.push(row.value);
    expect([numbersIn(left), refused, rpcs("authenticate").length]).toEqual([upTo(3, 12), 1, 1]);
    await pass(connection.close());
  });

  it("spends none of its time while the engine is at work", async () => {
    const { gateway, runtime, connection, pass, rpcs } = openUnharmed();
    let asked = 0;
    let fetches = 0;
    gateway.intercept = (rpc) => {
      if (rpc === "getResultMetadata" && ++asked === 1) return Promise.reject(new TypeError("connection reset"));
      if (rpc === "getResultMetadata" && asked === 2) runtime.advance(300_000);
      return rpc === "getNextResultBatchV2" && ++fetches === 2 ? trailersOnly(Code.NotFound, "no query") : undefined;
    };
    const result = await pass(connection.query("select c from t"));
    expect([numbersIn(result.rows()), rpcs("executeStatement").length]).toEqual([upTo(0, 12), 2]);
    await pass(connection.close());
  });

  it("spends none of its time while the engine prepares it anew, though what follows fails too", async () => {
    const { gateway, runtime, connection, pass, rpcs } = openUnharmed();
    const calls: Record<string, number> = {};
    gateway.intercept = (rpc) => {
      const n = (calls[rpc] ?? 0) + 1;
      calls[rpc] = n;
      if (rpc === "prepareStatement" && n === 2) runtime.advance(300_000);
      const isLost = (rpc === "getNextResultBatchV2" && n === 1) || (rpc === "executeStatement" && n === 2);
      return isLost ? Promise.reject(new TypeError("connection reset")) : undefined;
    };
    const result = await pass(connection.query("select c from t"));
    expect([numbersIn(result.rows()), rpcs("prepareStatement").length]).toEqual([upTo(0, 12), 3]);
    await pass(connection.close());
  });

  it("waits for a cluster that was suspended under it, and makes the same call again", async () => {
    const { gateway, connection, pass, rpcs } = openUnharmed();
    let isAsleep = false;
    gateway.cluster = {
      status: () => ({ status: isAsleep ? "suspended" : "active" }),
      resume: () => {
        isAsleep = false;
        return { status: "active" };
      },
    };
    let fetches = 0;
    gateway.intercept = (rpc) => {
      if (rpc !== "getNextResultBatchV2") return undefined;
      fetches++;
      isAsleep ||= fetches === 2 || fetches === 4;
      return isAsleep ? new Response(null, { status: 503 }) : undefined;
    };
    const rows = await pass(connection.query("select c from t"));
    expect([numbersIn(rows.rows()), rpcs("executeStatement").length]).toEqual([upTo(0, 12), 1]);
    await connection.close();
  });

  it("repeats a fetch that never reached the engine, as often as it takes", async () => {
    const { gateway, connection, pass, rpcs } = openUnharmed();
    const limited = () => trailersOnly(Code.Unavailable, "", { "x-e6-reason": "RATE_LIMITED" });
    let fetches = 0;
    // Nine refusals in all: rows that come bring the tries back.
    gateway.intercept = (rpc) => (rpc === "getNextResultBatchV2" && ++fetches % 4 !== 0 ? limited() : undefined);
    const stream = await pass(connection.stream("select c from t", undefined, { prefetchBytes: 0 }));
    const rows: unknown[][] = [];
    await pass(
      (async () => {
        for await (const row of stream) rows.push(row);
      })(),
    );
    expect([numbersIn(rows), rpcs("executeStatement").length]).toEqual([upTo(0, 12), 1]);
    await connection.close();
  });
});
