import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../test/error-of.ts";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { openAccess } from "../../test/open-access.ts";
import { createGate } from "../../test/open-connection.ts";
import type { Pin } from "../query/pin.ts";
import { sql } from "../sql/sql-template.ts";
import { type DataFrame, dataFrame } from "./data-frame.ts";

/** A gateway whose engines know data frames, and the road of a query as far as a frame needs it. */
function open(options: Parameters<typeof openAccess>[0] = {}) {
  const opened = openAccess(options);
  const { gateway, context } = opened;
  let frames = 0;
  gateway.overrides = {
    authenticate: () => ({ sessionId: "s", engineIP: "10.0.0.1" }),
    createDataFrame: () => ({ queryId: `frame-${++frames}` }),
    projectionOnDataFrame: () => ({}),
    filterOnDataFrame: () => ({}),
    aggregateOnDataFrame: () => ({}),
    orderByOnDataFrame: () => ({}),
    limitOnDataFrame: () => ({}),
    executeDataFrame: () => ({}),
  };
  const released: [string, boolean][] = [];
  const late: Promise<Pin>[] = [];
  const releases = {
    start: ({ queryId }: Pin, cancel: boolean) => released.push([queryId, cancel]),
    startLate: (creating: Promise<Pin>) => void late.push(creating),
  };
  const submit = (frame: DataFrame, signal = new AbortController().signal) =>
    context.access.run((route) => frame.submit({ ...context, releases }, route, signal), { signal });
  /** The calls about frames: their names, and what they say beside who calls. */
  const steps = () =>
    gateway.calls
      .filter(({ rpc }) => rpc.includes("DataFrame"))
      .map(({ rpc, request }) => {
        const { $typeName, sessionId, engineIP, queryId, dataframeNumber, ...rest } = request as Record<
          string,
          unknown
        >;
        return [rpc, rest];
      });
  return { ...opened, released, late, submit, steps };
}

const orders = dataFrame({ table: "orders" });

describe("dataFrame()", () => {
  it("is created, changed step by step in the order of the calls, and executed", async () => {
    const { submit, steps } = open({ catalog: "sample", schema: "tpch" });
    const frame = orders
      .select("status", "price")
      .filter("price > 10")
      .aggregate({ price: ["sum", "countDistinct"], "*": "count" })
      .groupBy("status")
      .orderBy({ "sum(price)": "desc", status: "asc" }, "b")
      .limit(5);
    const pin = await submit(frame);
    expect(pin).toMatchObject({
      queryId: "frame-1",
      request: { queryId: "frame-1", engineIP: "10.0.0.1" },
      route: { strategy: "blue", plannerIp: "10.0.0.1" },
    });
    expect(steps()).toMatchObject([
      ["createDataFrame", { catalog: "sample", schema: "tpch", table: "orders", createFromParquet: false }],
      ["projectionOnDataFrame", { field: ["status", "price"] }],
      ["filterOnDataFrame", { whereClause: "price > 10" }],
      [
        "aggregateOnDataFrame",
        {
          // SUM 0, COUNT_DISTINCT 3, COUNT_STAR 2
          aggregateFunctionMap: [
            { key: "price", value: 0 },
            { key: "price", value: 3 },
            { key: "*", value: 2 },
          ],
          groupBy: ["status"],
        },
      ],
      [
        "orderByOnDataFrame",
        {
          // ASC 0, DESC 1
          orderByFieldMap: [
            { key: "sum(price)", value: 1 },
            { key: "status", value: 0 },
            { key: "b", value: 0 },
          ],
        },
      ],
      ["limitOnDataFrame", { fetchLimit: 5 }],
      ["executeDataFrame", {}],
    ]);
  });

  it("writes the values of a condition into it as literals", async () => {
    const { submit, steps } = open();
    const name = "O'Hara";
    await submit(orders.filter("a = ? and b < ?", [name, 5n]).filter(sql`c = ${name}`));
    expect(steps().slice(1, -1)).toMatchObject([
      ["filterOnDataFrame", { whereClause: expect.stringMatching(/^a = .*'O''Hara'.* and b < [^?]*5[^?]*$/) }],
      ["filterOnDataFrame", { whereClause: expect.stringMatching(/^c = .*'O''Hara'/) }],
    ]);
  });

  it("names the frame, its session and its engine in every call, and no two frames alike", async () => {
    const { gateway, submit } = open();
    await submit(orders.limit(1));
    await submit(orders.limit(1));
    const about = gateway.calls.slice(1).map(({ plannerIp, request }) => ({ plannerIp, ...request }));
    expect(about).toMatchObject([
      { plannerIp: "10.0.0.1", sessionId: "s", engineIP: "10.0.0.1", dataframeNumber: 0 },
      { plannerIp: "10.0.0.1", sessionId: "s", engineIP: "10.0.0.1", dataframeNumber: 0, queryId: "frame-1" },
      { plannerIp: "10.0.0.1", sessionId: "s", engineIP: "10.0.0.1", dataframeNumber: 0, queryId: "frame-1" },
      { dataframeNumber: 1 },
      { dataframeNumber: 1, queryId: "frame-2" },
      { dataframeNumber: 1, queryId: "frame-2" },
    ]);
  });

  it("reads a Parquet file", async () => {
    const { submit, steps } = open();
    await submit(dataFrame({ parquet: "daily/a.parquet", catalog: "c", schema: "s" }));
    expect(steps()[0]).toMatchObject([
      "createDataFrame",
      { catalog: "c", schema: "s", table: "", createFromParquet: true, parquetFilePath: "daily/a.parquet" },
    ]);
  });

  it("never changes: what is built on it is another", async () => {
    const { submit, steps } = open();
    const few = orders.limit(3);
    few.select("a");
    await submit(few);
    expect(steps().map(([rpc]) => rpc)).toEqual(["createDataFrame", "limitOnDataFrame", "executeDataFrame"]);
  });

  it.each([
    ["before", orders.groupBy("a").aggregate({ b: "sum" }), [["a", "b"]]],
    ["after", orders.aggregate({ b: "sum" }).groupBy("a"), [["a", "b"]]],
    ["not beside", orders.aggregate({ b: "sum" }).limit(1).groupBy("a"), [["b"], ["a"]]],
    ["twice", orders.groupBy("a").aggregate({ b: "sum" }).groupBy("c"), [["a", "b"], ["c"]]],
  ])("joins groups that stand %s an aggregation", async (_where, frame, columns) => {
    const { submit, steps } = open();
    await submit(frame);
    const aggregations = steps().filter(([rpc]) => rpc === "aggregateOnDataFrame");
    expect(
      aggregations.map(([, request]) => {
        const { groupBy, aggregateFunctionMap } = request as {
          groupBy: string[];
          aggregateFunctionMap: { key: string }[];
        };
        return [...groupBy, ...aggregateFunctionMap.map(({ key }) => key)];
      }),
    ).toEqual(columns);
  });

  it.each([
    ["no source", () => dataFrame({} as never)],
    ["two sources", () => dataFrame({ table: "t", parquet: "p" } as never)],
    ["a blank table", () => dataFrame({ table: " " })],
    ["no column", () => orders.select()],
    ["a column that is none", () => orders.groupBy(1 as never)],
    ["a blank condition", () => orders.filter("")],
    ["a condition that is none", () => orders.filter(1 as never)],
    ["a value too few", () => orders.filter("a = ? and b = ?", [1])],
    ["an unknown aggregate", () => orders.aggregate({ a: "toString" as never })],
    ["nothing to aggregate", () => orders.aggregate({})],
    ["an unknown direction", () => orders.orderBy({ a: "up" as never })],
    ["no order", () => orders.orderBy({})],
    ["a limit below 0", () => orders.limit(-1)],
    ["a limit that is no whole number", () => orders.limit(0.5)],
    ["a limit beyond 32 bits", () => orders.limit(2 ** 31)],
  ])("refuses %s at once", (_what, build) => {
    expect(errorOf(build).code).toBe("INVALID_PARAMETER");
  });

  it("gives the frame back where a step fails", async () => {
    const { gateway, released, submit } = open();
    gateway.intercept = (rpc) => (rpc === "filterOnDataFrame" ? trailersOnly(Code.Internal, "no column x") : undefined);
    await expect(submit(orders.filter("x"))).rejects.toMatchObject({ code: "SQL_ERROR", queryId: "frame-1" });
    expect(released).toEqual([["frame-1", false]]);
  });

  it.each(["createDataFrame", "limitOnDataFrame", "executeDataFrame"])(
    "begins anew on the other stack where %s is refused",
    async (refused) => {
      const { gateway, released, submit } = open();
      gateway.intercept = (rpc, stack) => {
        if (rpc !== refused || stack !== "blue") return undefined;
        gateway.active = "green";
        return refusal("green");
      };
      expect((await submit(orders.limit(1))).route.strategy).toBe("green");
      expect(gateway.rpcsOf("green")).toEqual([
        "authenticate",
        "createDataFrame",
        "limitOnDataFrame",
        "executeDataFrame",
      ]);
      expect(released).toEqual(refused === "createDataFrame" ? [] : [["frame-1", true]]);
    },
  );

  it("hands a frame that comes after its caller has left over to be given back", async () => {
    const { gateway, late, submit } = open();
    const reached = createGate();
    const answer = createGate();
    gateway.overrides.createDataFrame = async () => {
      reached.open();
      await answer.passed;
      return { queryId: "late" };
    };
    const controller = new AbortController();
    const submitting = submit(orders, controller.signal);
    await reached.passed;
    controller.abort();
    await expect(submitting).rejects.toMatchObject({ code: "CANCELLED" });
    answer.open();
    expect((await late[0])?.queryId).toBe("late");
  });

  it("is stopped at the engine where its caller leaves while it is executed", async () => {
    const { gateway, released, submit } = open();
    const controller = new AbortController();
    gateway.intercept = (rpc) => {
      if (rpc !== "executeDataFrame") return undefined;
      controller.abort();
      return new Promise<never>(() => undefined);
    };
    await expect(submit(orders, controller.signal)).rejects.toMatchObject({ code: "CANCELLED" });
    expect(released).toEqual([["frame-1", true]]);
  });

  it("refuses a frame without an id", async () => {
    const { gateway, submit } = open();
    gateway.overrides.createDataFrame = () => ({});
    await expect(submit(orders)).rejects.toMatchObject({ code: "INTERNAL", strategy: "blue" });
  });
});
