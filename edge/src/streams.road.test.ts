import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type Mock, startMock } from "@e6data-web/mock";
import { type Connection, connect, type QueryEvent, sql, toCsv, toNdjson } from "e6data-web";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

let mock: Mock;
let gateway: Gateway;
let connection: Connection;

beforeAll(async () => {
  mock = await startMock({ scale: 0.001 });
  gateway = await startGateway({ blue: mock.blue, green: mock.green, concurrency: 1 });
});

beforeEach(async () => {
  await mock.control.reset();
  connection = connect({ url: gateway.url, user: "ann", token: "secret", catalog: "sample", schema: "tpch" });
});

afterEach(async () => {
  await connection.close();
  expect(openQueries()).toBe(0);
});

afterAll(async () => {
  // Whatever did not start has nothing to close.
  await gateway?.close();
  await mock?.close();
});

const numbers = (count: number) => sql`select i from range(${count}) t(i) order by i`;

function rpcs(): string[] {
  return mock.control.calls().map(({ rpc }) => rpc);
}

/** How many queries the engine still keeps. */
function openQueries(): number {
  const { blue, green } = mock.control.state().stacks;
  return blue.queries + green.queries;
}

describe("a stream through Envoy", () => {
  it("gives every row once, in order", async () => {
    let next = 0n;
    for await (const [value] of await connection.stream(numbers(1_000_000))) {
      if (value !== next) throw new Error(`row ${next} is ${value}`);
      next++;
    }
    expect(next).toBe(1_000_000n);
    expect(rpcs()).not.toContain("cancelQuery");
  });

  it("is the same from an engine that sends one batch at a time", async () => {
    mock.control.faults([{ rpc: "getNextResultBatchV2", form: "unimplemented" }]);
    const stream = await connection.stream(numbers(200_000), undefined, { dialect: "plain" });
    let sum = 0;
    for await (const [value] of stream) sum += Number(value);
    expect(sum).toBe((200_000 * 199_999) / 2);
    expect(rpcs().filter((rpc) => rpc === "getNextResultBatchV2")).toHaveLength(1);
  });

  it("stops the engine when it is left", async () => {
    const stream = await connection.stream(numbers(20_000_000), undefined, { prefetchBytes: 1024 * 1024 });
    for await (const _row of stream) break;
    await expect.poll(openQueries).toBe(0);
    expect(rpcs().slice(-2)).toEqual(["cancelQuery", "clear"]);
  });

  it("stops the engine although the signal aborts while the statement is prepared", async () => {
    const controller = new AbortController();
    mock.control.faults([{ rpc: "prepareStatementV2", delayMs: 300 }]);
    const stream = connection.stream(numbers(10), undefined, { signal: controller.signal });
    const outcome = expect(stream).rejects.toMatchObject({ code: "CANCELLED" });
    await expect.poll(rpcs).toContain("prepareStatementV2");
    controller.abort();
    await outcome;
    await connection.close();
    expect(rpcs().slice(-3)).toEqual(["prepareStatementV2", "cancelQuery", "clear"]);
  });

  it("becomes CSV and NDJSON", async () => {
    const text = sql`select n_nationkey, n_name from nation where n_regionkey = ${1} order by 1 limit 2`;
    const csv = await connection.stream(text);
    expect(await new Response(toCsv(csv.batches(), csv.fields)).text()).toBe(
      "n_nationkey,n_name\r\n1,ARGENTINA\r\n2,BRAZIL\r\n",
    );
    const json = await connection.stream(text);
    expect(await new Response(toNdjson(json.batches(), json.fields)).text()).toBe(
      '{"n_nationkey":1,"n_name":"ARGENTINA"}\n{"n_nationkey":2,"n_name":"BRAZIL"}\n',
    );
  });
});

describe("a cursor through Envoy", () => {
  it("runs, explains and measures statements, one after the other", async () => {
    await using cursor = connection.cursor();
    await cursor.execute("select n_name from nation where n_regionkey = :region order by 1", { region: 3 });
    expect(cursor).toMatchObject({ rowCount: 5, strategy: "blue", description: [{ name: "n_name", type: "STRING" }] });
    expect(await cursor.fetchMany(2)).toEqual([["FRANCE"], ["GERMANY"]]);
    expect(await cursor.explain()).toContain("n_regionkey");
    expect(await cursor.fetchAll()).toEqual([["ROMANIA"], ["RUSSIA"], ["UNITED KINGDOM"]]);
    expect(await cursor.status()).toEqual({ done: true, rowCount: 5 });
    expect(JSON.parse((await cursor.explainAnalyze()).profile)).toHaveProperty("total_query_time");
    await cursor.execute("select count(*) from nation");
    expect(await cursor.fetchOne()).toEqual([25n]);
    expect(openQueries()).toBe(1);
  });
});

describe("the life of a query through Envoy", () => {
  it("is told step by step", async () => {
    const events: QueryEvent[] = [];
    await connection.query(numbers(100_000), undefined, { onEvent: (event) => events.push(event), timeoutMs: 30_000 });
    const types = events.map(({ type }) => type);
    expect([...new Set(types)]).toEqual(["authenticating", "planning", "running", "fetching", "done"]);
    expect(events.at(-1)).toMatchObject({ type: "done", rows: 100_000, strategy: "blue" });
    const times = events.map(({ elapsedMs }) => elapsedMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it("says where a statement is wrong", async () => {
    await expect(connection.query("select n_name\nfrom nation\nwhere n_nam = 1")).rejects.toMatchObject({
      code: "SQL_ERROR",
      position: { line: 3, column: 7 },
    });
  });
});
