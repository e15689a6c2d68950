import { Code, ConnectError } from "@connectrpc/connect";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { numberedResult } from "../../test/long-result.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { numbersOf, openNumbered, stored, upTo } from "../../test/numbered-query.ts";
import { bearer, openConnectionOn } from "../../test/open-connection.ts";
import { passTime } from "../../test/pass-time.ts";
import type { QueryEvent, QueryHandle, SubmittedQuery } from "../index.ts";

describe("Connection.attach()", () => {
  /** One reader: how it reads, and how far. */
  const reader = fc.record({
    rows: fc.nat({ max: 12 }),
    way: fc.constantFrom("rows", "objects", "batches"),
    prefetchBytes: fc.constantFrom(0, 1, 200, 1e6),
  });
  type Reader = typeof reader extends fc.Arbitrary<infer T> ? T : never;

  it("reads every row exactly once, whoever reads how far", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 0, max: 3 }), fc.array(reader, { maxLength: 3 }), readInTurns),
      { numRuns: 100 },
    );
  });

  async function readInTurns(sizes: readonly number[], batchesInAnswer: number, readers: readonly Reader[]) {
    const { gateway, connection, connectAgain } = openNumbered();
    gateway.result = numberedResult(sizes);
    gateway.batchesInAnswer = batchesInAnswer;
    const first = await connection.submit("select c from t");
    first.detach();
    let handle: QueryHandle | undefined = stored(first.handle());
    const seen: number[] = [];
    for (const how of readers) {
      const current = connectAgain();
      if (handle !== undefined) handle = await readSome(await current.attach(handle), how, seen);
      await current.close();
    }
    if (handle !== undefined) {
      const last = connectAgain();
      seen.push(...(await numbersOf(await last.attach(handle))));
      await last.close();
    }
    await connection.close();
    expect(seen).toEqual(
      upTo(
        0,
        sizes.reduce((sum, size) => sum + size, 0),
      ),
    );
    expect(gateway.openQueries.size).toBe(0);
  }

  /** Reads some rows and what has come by then; the handle of the rest, if there is one. */
  async function readSome(query: SubmittedQuery, { rows, way, prefetchBytes }: Reader, seen: number[]) {
    const start = seen.length;
    const stream = await query.stream({ dialect: "plain", prefetchBytes });
    const look = () => {
      if (seen.length - start >= rows) stream.detach();
    };
    look();
    if (way === "batches") {
      for await (const batch of stream.batches()) {
        for (const [value] of batch.rows()) seen.push(Number(value));
        look();
      }
    } else if (way === "objects") {
      for await (const { c } of stream.objects()) {
        seen.push(Number(c));
        look();
      }
    } else {
      for await (const [value] of stream) {
        seen.push(Number(value));
        look();
      }
    }
    try {
      return stored(stream.handle());
    } catch {
      return undefined;
    }
  }

  it("goes to the stack and the planner of the handle, also after a switch", async () => {
    const { gateway, connection } = openNumbered();
    const query = await connection.submit("select c from t");
    gateway.active = "green";
    await connection.query("select 1");
    query.detach();
    const attached = await connection.attach(stored(query.handle()));
    expect(attached.strategy).toBe("blue");
    expect(await numbersOf(attached)).toEqual(upTo(0, 12));
    expect(connection.strategy.active).toBe("green");
    await connection.close();
    const about = gateway.calls.filter(({ queryId }) => queryId === query.queryId);
    expect(new Set(about.map(({ stack, plannerIp, sessionId }) => `${stack} ${plannerIp} ${sessionId}`))).toEqual(
      new Set(["blue blue-engine blue-session-1"]),
    );
    expect(about.map(({ rpc }) => rpc).slice(-1)).toEqual(["clear"]);
  });

  it("takes the session that travels along, and signs in nowhere", async () => {
    const { gateway, connection, connectAgain } = openNumbered();
    const query = await connection.submit("select c from t");
    query.detach();
    gateway.active = "green";
    const other = connectAgain({ user: "bob" });
    const attached = await other.attach(stored(query.handle({ includeSessionSecret: true })));
    expect(await numbersOf(attached)).toEqual(upTo(0, 12));
    await other.close();
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "authenticate")).toHaveLength(1);
    expect(gateway.rpcsOf("green")).toEqual([]);
  });

  it("signs in itself where the session that travels along is gone", async () => {
    const { gateway, connection, connectAgain } = openNumbered();
    const query = await connection.submit("select c from t");
    query.detach();
    gateway.overrides.status = ({ sessionId }) => {
      if (sessionId === "blue-session-1") throw new ConnectError("Access denied", Code.Internal);
      return { status: true, rowCount: 3n };
    };
    const other = connectAgain();
    const attached = await other.attach(query.handle({ includeSessionSecret: true }));
    expect(await numbersOf(attached)).toEqual(upTo(0, 12));
    await other.close();
    expect(gateway.calls.filter(({ rpc }) => rpc === "status").map(({ sessionId }) => sessionId)).toEqual([
      "blue-session-1",
      "blue-session-3",
    ]);
  });

  it.each([{}, { sessionId: "some-session" }])("asks nobody to let a bearer token in: %o", async (session) => {
    const { gateway, connectAgain } = openNumbered();
    const [first, other] = [connectAgain(bearer), connectAgain(bearer)];
    const query = await first.submit("select c from t");
    query.detach();
    gateway.active = "green";
    const asked = gateway.calls.length;
    // A session in the handle is none of a token's business.
    const attached = await other.attach({ ...query.handle(), ...session });
    expect(await numbersOf(attached)).toEqual(upTo(0, 12));
    const calls = gateway.calls.slice(asked);
    expect(calls.map(({ rpc }) => rpc)).not.toContain("healthCheck");
    expect(new Set(calls.map(({ sessionId }) => sessionId))).toEqual(new Set([""]));
    await Promise.all([first.close(), other.close()]);
  });

  it("takes the answer of an engine that knows no status for an answer", async () => {
    const { gateway, connection } = openNumbered();
    const query = await connection.submit("select c from t");
    gateway.intercept = (rpc) => (rpc === "status" ? trailersOnly(Code.Unimplemented, "not implemented") : undefined);
    expect(await numbersOf(await connection.attach(query.handle()))).toEqual(upTo(0, 12));
    await connection.close();
  });

  it("says that rows are missing which somebody else has read", async () => {
    const { connection, connectAgain } = openNumbered();
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 0 });
    const handle = stream.handle();
    await stream[Symbol.asyncIterator]().next();
    const other = connectAgain();
    const rest = await (await other.attach(handle)).stream();
    const read = async () => {
      for await (const _row of rest);
    };
    await expect(read()).rejects.toMatchObject({ code: "RESULT_INCOMPLETE", rowsDelivered: 9 });
    await other.close();
    await connection.close();
  });

  it("counts the rows of former readers in what it tells", async () => {
    const { gateway, connection, connectAgain } = openNumbered();
    const stream = await connection.stream("select c from t", undefined, { prefetchBytes: 0 });
    const batches = stream.batches()[Symbol.asyncIterator]();
    await batches.next();
    stream.detach();
    const other = connectAgain();
    const events: QueryEvent[] = [];
    const attached = await other.attach(stream.handle(), { onEvent: (event) => void events.push(event) });
    let fetches = 0;
    gateway.intercept = (rpc) => (rpc === "getNextResultBatchV2" && ++fetches === 3 ? refusal("green") : undefined);
    const rest = await attached.stream();
    const read = async () => {
      for await (const _row of rest);
    };
    await expect(read()).rejects.toMatchObject({ code: "RESULT_INTERRUPTED", rowsDelivered: 9 });
    expect(events.map(({ type }) => type)).toEqual(["authenticating", "running", "fetching", "fetching", "failed"]);
    expect(events[2]).toMatchObject({ batch: 1, rows: 6, rowCount: 12, batches: 3 });
    await other.close();
    await connection.close();
  });

  it("ends the query by its own limits", async () => {
    const { gateway, connection, connectAgain } = openNumbered();
    const query = await connection.submit("select c from t");
    query.detach();
    const runtime = createManualRuntime();
    const other = openConnectionOn(runtime, { fetch: gateway.fetch }).connection;
    const attached = await other.attach(query.handle(), { timeoutMs: 1000 });
    runtime.advance(1000);
    await expect(attached.result()).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED", queryId: query.queryId });
    await other.close();
    expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    await connectAgain().close();
    await connection.close();
  });
});

describe("Connection.attach() with a handle that is stale", () => {
  type Spoil = (open: ReturnType<typeof openNumbered>, query: SubmittedQuery) => unknown;
  const spoil: Record<string, Spoil> = {
    "the query was cleared": (_open, query) => query.cancel(),
    "the stack takes no sign-in": ({ gateway }) => {
      gateway.active = "green";
    },
    "the stack is gone": ({ gateway }) => {
      gateway.intercept = (_rpc, stack) => (stack === "blue" ? refusal("green") : undefined);
    },
    "its session is gone, and no other may read it": ({ gateway }) => {
      gateway.intercept = (rpc) => (rpc === "status" ? trailersOnly(Code.Internal, "Access denied") : undefined);
    },
  };

  it.each(Object.entries(spoil))("rejects with STALE_HANDLE: %s", async (_why, spoilIt) => {
    const open = openNumbered();
    const query = await open.connection.submit("select c from t");
    const handle = stored(query.handle());
    await spoilIt(open, query);
    const runtime = createManualRuntime();
    const other = openConnectionOn(runtime, { fetch: open.gateway.fetch }).connection;
    const events: QueryEvent[] = [];
    const outcome = expect(
      other.attach(handle, { onEvent: (event) => void events.push(event), timeoutMs: 60_000 }),
    ).rejects.toMatchObject({
      code: "STALE_HANDLE",
      retryable: false,
      queryId: query.queryId,
      strategy: "blue",
      hint: expect.any(String),
    });
    await passPauses(runtime, outcome);
    expect(events.at(-1)).toMatchObject({ type: "failed", error: { code: "STALE_HANDLE" } });
    expect(runtime.sleeping).toEqual([]);
    open.gateway.intercept = () => undefined;
    await other.close();
    await open.connection.close();
  });

  it("tells other failures by their own code", async () => {
    const { gateway, runtime, connection, connectAgain } = openNumbered();
    const query = await connection.submit("select c from t");
    const handle = query.handle();
    const wrong = connectAgain({ token: "wrong" });
    await expect(wrong.attach(handle)).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
    gateway.intercept = (rpc) => (rpc === "status" ? Promise.reject(new TypeError("Failed to fetch")) : undefined);
    await passTime(runtime, expect(connection.attach(handle)).rejects.toMatchObject({ code: "NETWORK" }));
    gateway.intercept = () => undefined;
    await connection.close();
    await expect(connection.attach(handle)).rejects.toMatchObject({ code: "CLOSED" });
    await wrong.close();
  });
});

/** Lets the pauses of a sign-in pass while something is waited for. */
async function passPauses(runtime: ReturnType<typeof createManualRuntime>, outcome: Promise<void>): Promise<void> {
  let over = false;
  const ended = outcome.finally(() => {
    over = true;
  });
  await expect
    .poll(() => {
      const pause = runtime.sleeping.find((milliseconds) => milliseconds < 1000);
      if (pause !== undefined) runtime.advance(pause);
      return over;
    })
    .toBe(true);
  await ended;
}
