import { Code } from "@connectrpc/connect";
import { AggregateFunction, SortDirection } from "e6data-web/proto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBatch } from "../../test/engine-result.ts";
import { createSignedInMock, failure, good } from "../../test/signed-in-mock.ts";
import { createStackClient } from "../../test/stack-client.ts";
import { createEngine } from "../engine/duckdb-engine.ts";

describe("data frames", () => {
  let given: Awaited<ReturnType<typeof createSignedInMock>>;
  beforeAll(async () => {
    given = await createSignedInMock({ engine: await createEngine({ scale: 0.001 }) });
  });
  afterAll(() => given[Symbol.asyncDispose]());

  /** A frame of a table, as each of its calls names it. */
  async function create(table: string, { sessionId } = given) {
    const dataframeNumber = 3;
    const request = { sessionId, table, schema: "tpch", catalog: "sample", dataframeNumber };
    const { queryId } = await given.client.engine.createDataFrame(request);
    return { sessionId, queryId, dataframeNumber, engineIP: "" };
  }

  it("are put together step by step, executed, and read and cleared as any query is", async () => {
    const { engine } = given.client;
    const frame = await create("nation");
    await engine.filterOnDataFrame({ ...frame, whereClause: "n_regionkey < 3" });
    await engine.projectionOnDataFrame({ ...frame, field: ["n_regionkey", "n_name"] });
    await engine.aggregateOnDataFrame({
      ...frame,
      aggregateFunctionMap: [
        { key: "n_name", value: AggregateFunction.COUNT },
        { key: "n_regionkey", value: AggregateFunction.SUM },
        { key: "*", value: AggregateFunction.COUNT_STAR },
        { key: "n_name", value: AggregateFunction.COUNT_DISTINCT },
      ],
      groupBy: ["n_regionkey"],
    });
    await engine.orderByOnDataFrame({
      ...frame,
      orderByFieldMap: [{ key: "n_regionkey", value: SortDirection.DESC }],
    });
    await engine.limitOnDataFrame({ ...frame, fetchLimit: 2 });
    expect(await engine.status(frame)).toMatchObject({ status: false, rowCount: 0n });
    await engine.executeDataFrame(frame);
    expect((await engine.getResultMetadata(frame)).resultMetaData.length).toBeGreaterThan(0);
    expect(readBatch((await engine.getNextResultBatch(frame)).resultBatch)).toEqual([
      [2, 5n, "10:0", 5n, 5n],
      [1, 5n, "5:0", 5n, 5n],
    ]);
    expect((await engine.getNextResultBatchV2(frame)).endOfStream).toBe(true);
    await engine.clear(frame);
    expect((await failure(engine.executeDataFrame(frame))).message).toContain("was cleared");
    const { query, user, outcome } = given.mock.control.calls().find(({ rpc }) => rpc === "createDataFrame") ?? {};
    expect([query, user, outcome]).toEqual([frame.queryId, "ada", { kind: "grpc", status: "OK" }]);
  });

  it("tell an engine's refusal, and take other steps afterwards", async () => {
    const { engine } = given.client;
    const frame = await create("region");
    const smuggled = await failure(engine.filterOnDataFrame({ ...frame, whereClause: "true; DROP TABLE region" }));
    expect(smuggled.code).toBe(Code.InvalidArgument);
    const absent = await failure(engine.projectionOnDataFrame({ ...frame, field: ["nowhere"] }));
    expect(absent).toMatchObject({ code: Code.InvalidArgument, message: expect.stringContaining("nowhere") });
    await engine.limitOnDataFrame({ ...frame, fetchLimit: 1 });
    await engine.executeDataFrame(frame);
    await engine.getResultMetadata(frame);
    expect(await engine.status(frame)).toMatchObject({ status: true, rowCount: 1n });
    await engine.clear(frame);
  });

  it("are refused where there is no such table, file, number, function or direction", async () => {
    const { engine } = given.client;
    const { sessionId } = given;
    expect((await failure(create("nowhere"))).message).toContain("nowhere");
    const file = { sessionId, createFromParquet: true, parquetFilePath: "x.parquet" };
    expect((await failure(engine.createDataFrame(file))).message).toContain("--parquet-folder");
    const frame = await create("region");
    const other = { ...frame, dataframeNumber: 4 };
    expect((await failure(engine.limitOnDataFrame(other))).message).toBe("The query holds data frame 3, not 4");
    // On the wire an enum may be any number, which its type does not say.
    const aggregateFunctionMap = [{ key: "r_name", value: 9 as AggregateFunction }];
    expect((await failure(engine.aggregateOnDataFrame({ ...frame, aggregateFunctionMap }))).message).toContain("9");
    const orderByFieldMap = [{ key: "r_name", value: 7 as SortDirection }];
    expect((await failure(engine.orderByOnDataFrame({ ...frame, orderByFieldMap }))).message).toContain("7");
    await engine.clear(frame);
  });

  it("are not what a prepared statement is", async () => {
    const request = { ...(await prepareIn("tpch")), dataframeNumber: 0 };
    expect((await failure(given.client.engine.executeDataFrame(request))).message).toContain("is not a data frame");
    await given.client.engine.clear(request);
  });

  async function prepareIn(schema: string, sessionId = given.sessionId) {
    const { queryId } = await given.client.engine.prepareStatement({ sessionId, schema, queryString: "SELECT 1" });
    return { sessionId, queryId };
  }

  it("go with their session's context; other sessions' and its queries stay", async () => {
    const { engine } = given.client;
    const other = await engine.authenticate(good);
    const [frame, query, theirs] = [
      await create("region"),
      await prepareIn("tpch"),
      await create("region", { ...given, ...other }),
    ];
    await engine.dropUserContext({ sessionId: given.sessionId });
    expect((await failure(engine.executeDataFrame(frame))).message).toContain("was cleared");
    await engine.status(query);
    await engine.status(theirs);
    await engine.dropUserContext({ sessionId: other.sessionId });
    expect((await failure(engine.status(theirs))).message).toContain("was cleared");
    await engine.clear(query);
  });

  it("belong to their user", async () => {
    const bob = await given.client.engine.authenticate({ user: "bob", password: "x" });
    const frame = await create("region");
    const asBob = { ...frame, sessionId: bob.sessionId, fetchLimit: 1 };
    expect((await failure(given.client.engine.limitOnDataFrame(asBob))).code).toBe(Code.NotFound);
    await given.client.engine.clear(frame);
  });

  it("stay with the planner that their caller named, and refuse another", async () => {
    using client = createStackClient(given.mock.blue.port, { plannerip: "10.1.0.2" });
    const request = { sessionId: given.sessionId, table: "region", schema: "tpch" };
    const { queryId } = await client.engine.createDataFrame(request);
    const frame = { sessionId: given.sessionId, queryId };
    await client.engine.limitOnDataFrame({ ...frame, fetchLimit: 1 });
    const moved = await failure(given.client.engine.executeDataFrame({ ...frame, engineIP: "10.1.0.3" }));
    expect(moved.message).toContain("another planner");
    await client.engine.clear(frame);
  });
});
