import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { createScriptedEngine } from "../test/scripted-engine.ts";
import { createStackClient } from "../test/stack-client.ts";
import { createManualClock } from "./clock.ts";
import { createEngine } from "./engine/duckdb-engine.ts";
import { createMemoryCap } from "./memory-cap.ts";
import { type MockOptions, startMock } from "./mock.ts";
import { createQueryRegistry, type Query, type QueryRegistry } from "./query-registry.ts";

const owner = { user: "ada", session: "s" };

/** Two stacks' queries over one engine, whose results named `a` to `d` take a quarter of its memory each. */
function setUp(maxLoad: number) {
  const clock = createManualClock();
  const engine = createScriptedEngine(Object.fromEntries([..."abcd"].map((sql) => [sql, { load: 0.25 }])));
  const limits = { queryIdleMs: 1_000_000, maxOpenQueries: 100 };
  const [blue, green] = [createQueryRegistry(clock, limits), createQueryRegistry(clock, limits)];
  const cap = createMemoryCap(engine, [blue, green], maxLoad);
  const prepare = async (queries: QueryRegistry, sql: string): Promise<Query> => {
    clock.advance(1);
    const query = queries.add(await engine.prepare(sql, {}), owner, "10.0.0.1", 0);
    if (!query) throw new Error("no room");
    return query;
  };
  const run = async (queries: QueryRegistry, sql: string): Promise<Query> => {
    const query = await prepare(queries, sql);
    await query.statement.execute([]);
    return query;
  };
  return { clock, engine, blue, green, cap, prepare, run };
}

const givenBack = { absence: "memory" };

describe("createMemoryCap()", () => {
  it("gives back what was idle for the longest time on either stack, and no more than need be", async () => {
    const { clock, blue, green, cap, run } = setUp(0.5);
    const [a, b] = [await run(blue, "a"), await run(green, "b")];
    const [c, d] = [await run(blue, "c"), await run(green, "d")];
    clock.advance(1);
    await blue.during(a, () => Promise.resolve());
    await cap.makeRoom();
    expect(green.find(b.id)).toEqual(givenBack);
    expect(blue.find(c.id)).toEqual(givenBack);
    expect(green.find(d.id)).toEqual({ query: d });
    expect(blue.find(a.id)).toEqual({ query: a });
  });

  it("leaves everything where the load is no higher than it may be", async () => {
    const { blue, green, cap, run } = setUp(0.5);
    await run(blue, "a");
    await run(green, "b");
    await cap.makeRoom();
    expect([blue.size, green.size]).toEqual([1, 1]);
  });

  it("never gives back what is in a call, even if too much is left", async () => {
    const { blue, cap, run } = setUp(0);
    const [a, b] = [await run(blue, "a"), await run(blue, "b")];
    const { promise, resolve } = Promise.withResolvers<void>();
    const call = blue.during(a, () => promise);
    await cap.makeRoom();
    expect(blue.find(a.id)).toEqual({ query: a });
    expect(blue.find(b.id)).toEqual(givenBack);
    resolve();
    await call;
  });

  it("spares what keeps no result: not yet executed, or read to its end", async () => {
    const { blue, cap, prepare, run } = setUp(0);
    const [fresh, read, kept] = [await prepare(blue, "a"), await run(blue, "b"), await run(blue, "c")];
    while ((await read.statement.nextBatch()).length > 0);
    await cap.makeRoom();
    expect(blue.find(fresh.id)).toEqual({ query: fresh });
    expect(blue.find(read.id)).toEqual({ query: read });
    expect(blue.find(kept.id)).toEqual(givenBack);
  });

  it("makes room once for those who ask at the same time", async () => {
    const { blue, cap, run } = setUp(0.5);
    const queries = [await run(blue, "a"), await run(blue, "b"), await run(blue, "c"), await run(blue, "d")];
    for (const { statement } of queries) {
      const close = statement.close.bind(statement);
      // A close takes a while: until then the result counts.
      Object.assign(statement, { close: () => Promise.resolve().then(close) });
    }
    await Promise.all([cap.makeRoom(), cap.makeRoom(), cap.makeRoom()]);
    expect(blue.size).toBe(2);
  });
});

const good = { user: "ada", password: "secret" };

/** A mock and, for each stack, a way to execute a statement. */
async function setUpMock(options: MockOptions) {
  const mock = await startMock(options);
  mock.control.announce("green");
  const clients = { blue: createStackClient(mock.blue.port), green: createStackClient(mock.green.port) };
  const sessions = {
    blue: (await clients.blue.engine.authenticate(good)).sessionId,
    green: (await clients.green.engine.authenticate(good)).sessionId,
  };
  const execute = async (stack: "blue" | "green", queryString: string) => {
    const sessionId = sessions[stack];
    const { queryId, engineIP } = await clients[stack].engine.prepareStatement({ sessionId, queryString });
    const request = { sessionId, queryId, engineIP };
    await clients[stack].engine.executeStatement(request);
    return request;
  };
  const dispose = async () => {
    clients.blue[Symbol.dispose]();
    clients.green[Symbol.dispose]();
    await mock.close();
  };
  return { blue: clients.blue.engine, green: clients.green.engine, execute, [Symbol.asyncDispose]: dispose };
}

async function failure(call: Promise<unknown>): Promise<{ code: Code; message: string }> {
  const reason = await call.then(
    () => new Error("the call did not fail"),
    (cause: unknown) => cause,
  );
  const { code, rawMessage } = ConnectError.from(reason);
  return { code, message: rawMessage };
}

describe("a mock whose results take too much memory", () => {
  it("gives the oldest idle one back, on the other stack too, and says why and what to do", async () => {
    const clock = createManualClock();
    const engine = createScriptedEngine({ big: { load: 0.3 } });
    await using given = await setUpMock({ engine, clock });
    const oldest = await given.execute("blue", "big");
    clock.advance(1);
    const newer = await given.execute("green", "big");
    clock.advance(1);
    await given.execute("green", "big");
    const { code, message } = await failure(given.blue.status(oldest));
    expect(code).toBe(Code.NotFound);
    expect(message).toMatch(/given back because open results took too much memory: read results .* run it again$/);
    expect((await given.green.status(newer)).status).toBe(true);
  });

  it("spares a slow reader, though its result is older than one that nobody reads", async () => {
    const clock = createManualClock();
    const engine = createScriptedEngine({ big: { load: 0.3, batches: [Uint8Array.of(1), Uint8Array.of(2)] } });
    await using given = await setUpMock({ engine, clock });
    const slow = await given.execute("blue", "big");
    clock.advance(1);
    const abandoned = await given.execute("blue", "big");
    clock.advance(1);
    expect((await given.blue.getNextResultBatch(slow)).resultBatch).toEqual(Uint8Array.of(1));
    await given.execute("green", "big");
    expect((await failure(given.blue.status(abandoned))).code).toBe(Code.NotFound);
    expect((await given.blue.getNextResultBatch(slow)).resultBatch).toEqual(Uint8Array.of(2));
  });

  it("answers new queries though the abandoned ones together exceed DuckDB's memory", async () => {
    const engine = await createEngine({ scale: 0.001, memoryLimit: "32MiB" });
    await using given = await setUpMock({ engine });
    const abandoned: Awaited<ReturnType<typeof given.execute>>[] = [];
    for (const stack of ["blue", "green", "blue", "green", "blue", "green", "blue", "green"] as const) {
      const request = await given.execute(stack, "SELECT md5(range::VARCHAR) FROM range(200000)");
      expect((await given[stack].getResultMetadata(request)).resultMetaData.length).toBeGreaterThan(0);
      abandoned.push(request);
    }
    const [oldest] = abandoned;
    const latest = abandoned.at(-1);
    if (!(oldest && latest)) throw new Error("nothing was executed");
    const { code, message } = await failure(given.blue.getNextResultBatch(oldest));
    expect([code, message]).toEqual([Code.NotFound, expect.stringContaining("too much memory")]);
    expect((await given.green.getNextResultBatch(latest)).resultBatch.length).toBeGreaterThan(0);
  });
});
