import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { longResult } from "../../test/long-result.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { openConnection, openConnectionOn } from "../../test/open-connection.ts";
import { createOpenTelemetry } from "../../test/open-telemetry.ts";
import { IdentifyPlannerResponse_QueueMessage as QueueMessage } from "../gen/e6x_engine_pb.ts";
import { type Meter, measureQueries } from "./measure-queries.ts";

function openMeasured(options: Parameters<typeof openConnection>[0] = {}) {
  const telemetry = createOpenTelemetry();
  return { ...openConnection({ observe: [measureQueries(telemetry.meter)], ...options }), ...telemetry };
}

const database = { "db.system.name": "e6data", "server.address": "gateway.example.com", "server.port": 443 };
const done = { ...database, "e6data.outcome": "done", "e6data.strategy": "blue" };

describe("measureQueries()", () => {
  it("makes instruments by the conventions", async () => {
    const { connection, instruments } = openMeasured({ catalog: "sample", schema: "tpch" });
    await connection.query("select 1");
    await connection.close();
    const seconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
    const rows = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
    const made = (await instruments()).map(({ descriptor: { name, unit }, dataPoints }) => [
      name,
      unit,
      dataPoints[0]?.value,
    ]);
    expect(made).toMatchObject([
      ["db.client.operation.duration", "s", { buckets: { boundaries: seconds } }],
      ["db.client.response.returned_rows", "{row}", { buckets: { boundaries: rows } }],
      ["e6data.client.step.duration", "s", { buckets: { boundaries: seconds } }],
    ]);
  });

  it("counts queries and their rows", async () => {
    const { gateway, connection, measured } = openMeasured({ catalog: "sample", schema: "tpch" });
    await connection.query("select 1");
    gateway.result = longResult(4);
    await connection.query("select 2");
    await connection.close();
    const attributes = { ...done, "db.namespace": "sample|tpch" };
    expect(await measured("db.client.operation.duration")).toMatchObject([{ attributes, value: { count: 2 } }]);
    expect(await measured("db.client.response.returned_rows")).toEqual([
      { attributes, value: expect.objectContaining({ count: 2, sum: 15, min: 3, max: 12 }) },
    ]);
    // Nothing else is told: each attribute multiplies what has to be kept.
    expect((await measured("db.client.operation.duration"))[0]?.attributes).toEqual(attributes);
  });

  it("measures each step from its beginning to that of the next, in seconds", async () => {
    const telemetry = createOpenTelemetry();
    const runtime = createManualRuntime();
    const { gateway, connection } = openConnectionOn(runtime, { observe: [measureQueries(telemetry.meter)] });
    const pass = (milliseconds: number) => runtime.advance(milliseconds);
    const answers = [QueueMessage.RATE_LIMIT, QueueMessage.WAITING_ON_PLANNER_SCALEUP, QueueMessage.GO_AHEAD];
    gateway.overrides = {
      identifyPlanner: () => ({ queueMessage: answers.shift() ?? QueueMessage.GO_AHEAD }),
    };
    gateway.intercept = (rpc) => {
      if (rpc === "authenticate") pass(1000);
      if (rpc === "prepareStatement") pass(20);
      if (rpc === "executeStatement") pass(30);
      if (rpc === "getResultMetadata") pass(400);
      return undefined;
    };
    const query = connection.query("select 1", undefined, { awaitPlanner: true });
    for (const pause of [100, 200]) {
      await expect.poll(() => runtime.sleeping).toEqual([pause]);
      pass(pause);
    }
    await query;
    await connection.close();
    const steps = (await telemetry.measured("e6data.client.step.duration")).map(({ attributes, value }) => {
      const { count, sum } = value as { readonly count: number; readonly sum: number };
      return [attributes["e6data.step"], attributes["e6data.strategy"], count, sum];
    });
    expect(steps).toEqual([
      ["authenticating", undefined, 1, 1],
      ["queued", "blue", 1, 0.3],
      ["planning", "blue", 1, 0.05],
      ["running", "blue", 1, 0.4],
      ["fetching", "blue", 1, 0],
    ]);
    expect(await telemetry.measured("db.client.operation.duration")).toMatchObject([{ value: { sum: 1.75 } }]);
  });

  it("tells failures by their code, and what the caller ended apart from them", async () => {
    const { gateway, connection, measured } = openMeasured();
    gateway.result = longResult(9);
    const stream = await connection.stream("select 1", undefined, { prefetchBytes: 0 });
    for await (const _row of stream) break;
    gateway.intercept = (rpc) => (rpc === "executeStatement" ? trailersOnly(Code.Internal, "Parser Error") : undefined);
    await expect(connection.query("select 1")).rejects.toThrow();
    await connection.close();
    const failed = { ...done, "e6data.outcome": "failed", "error.type": "SQL_ERROR" };
    const cancelled = { ...done, "e6data.outcome": "cancelled" };
    const durations = await measured("db.client.operation.duration");
    expect(durations.map(({ attributes }) => attributes)).toEqual([cancelled, failed]);
    const rows = await measured("db.client.response.returned_rows");
    expect(rows).toEqual([{ attributes: cancelled, value: expect.objectContaining({ count: 1, sum: 3 }) }]);
  });

  it("counts statements that move to the other stack", async () => {
    const { gateway, connection, measured } = openMeasured();
    await connection.query("select 1");
    expect(await measured("e6data.client.recoveries")).toEqual([]);
    gateway.active = "green";
    await Promise.all([connection.query("select 2"), connection.query("select 3")]);
    gateway.intercept = (rpc, stack) => {
      if (rpc !== "executeStatement" || stack === "blue") return undefined;
      gateway.active = "blue";
      return refusal("blue");
    };
    await connection.query("select 4");
    await connection.close();
    expect(await measured("e6data.client.recoveries")).toEqual([
      { attributes: { ...database, "e6data.strategy": "green", "e6data.recovery": "other-stack" }, value: 2 },
      { attributes: { ...database, "e6data.strategy": "blue", "e6data.recovery": "other-stack" }, value: 1 },
    ]);
  });

  it("counts statements that go on in a new session", async () => {
    const { gateway, connection, measured } = openMeasured();
    await connection.query("select 1");
    let denied = false;
    gateway.intercept = (rpc) => {
      if (rpc !== "prepareStatement" || denied) return undefined;
      denied = true;
      return trailersOnly(Code.Internal, "Access denied");
    };
    await connection.query("select 2");
    await connection.close();
    expect(await measured("e6data.client.recoveries")).toEqual([
      { attributes: { ...database, "e6data.strategy": "blue", "e6data.recovery": "new-session" }, value: 1 },
    ]);
  });

  it("counts statements that go on in the same session", async () => {
    const { gateway, connection, measured } = openMeasured();
    await connection.query("select 1");
    const lost = new Set<string>();
    gateway.intercept = (rpc) => {
      if (!["prepareStatement", "executeStatement"].includes(rpc) || lost.has(rpc)) return undefined;
      lost.add(rpc);
      return Promise.reject(new TypeError("no network"));
    };
    await connection.query("select 2");
    await connection.close();
    expect(await measured("e6data.client.recoveries")).toEqual([
      { attributes: { ...database, "e6data.strategy": "blue", "e6data.recovery": "same-session" }, value: 2 },
    ]);
  });

  it("counts statements in a new session also where they wait for a planner in it", async () => {
    const { gateway, connection, measured } = openMeasured();
    gateway.overrides = { identifyPlanner: () => ({ queueMessage: QueueMessage.GO_AHEAD }) };
    await connection.query("select 1");
    let denied = false;
    gateway.intercept = (rpc) => {
      if (rpc !== "prepareStatement" || denied) return undefined;
      denied = true;
      return trailersOnly(Code.Internal, "Access denied");
    };
    await connection.query("select 2", undefined, { awaitPlanner: true });
    await connection.close();
    const recoveries = await measured("e6data.client.recoveries");
    expect(recoveries.map(({ attributes }) => attributes["e6data.recovery"])).toEqual(["new-session"]);
  });

  it("counts no rows of a query that was lost", async () => {
    const { gateway, connection, measured } = openMeasured();
    gateway.result = longResult(9);
    let calls = 0;
    gateway.intercept = (rpc) => {
      if (rpc === "getNextResultBatch" && ++calls === 3) return Promise.reject(new TypeError("no network"));
      return rpc === "prepareStatement" && calls > 0 ? trailersOnly(Code.Internal, "Parser Error") : undefined;
    };
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "SQL_ERROR" });
    await connection.close();
    expect(calls).toBe(3);
    expect(await measured("db.client.response.returned_rows")).toEqual([]);
  });

  it("counts each way that one statement takes", async () => {
    const { gateway, connection, measured } = openMeasured();
    await connection.query("select 1");
    gateway.active = "green";
    let denied = false;
    gateway.intercept = (rpc, stack) => {
      if (rpc !== "prepareStatement" || stack === "blue" || denied) return undefined;
      denied = true;
      return trailersOnly(Code.Internal, "Access denied");
    };
    await connection.query("select 2");
    await connection.close();
    const recoveries = await measured("e6data.client.recoveries");
    expect(recoveries.map(({ attributes, value }) => [attributes["e6data.recovery"], value])).toEqual([
      ["other-stack", 1],
      ["new-session", 1],
    ]);
  });

  it("counts statements that had to wait for the cluster", async () => {
    const { gateway, connection, measured } = openMeasured();
    await connection.query("select 1");
    let isAwake = false;
    gateway.cluster.status = () => ({ status: isAwake ? "active" : "suspended" });
    gateway.cluster.resume = () => {
      isAwake = true;
      return { status: "resuming" };
    };
    gateway.intercept = (rpc) =>
      rpc === "prepareStatement" && !isAwake ? new Response(null, { status: 503 }) : undefined;
    await connection.query("select 2");
    await connection.close();
    expect(await measured("e6data.client.recoveries")).toEqual([
      { attributes: { ...database, "e6data.strategy": "blue", "e6data.recovery": "woken-cluster" }, value: 1 },
    ]);
    const steps = await measured("e6data.client.step.duration");
    expect(steps.filter(({ attributes }) => attributes["e6data.step"] === "resuming")).toMatchObject([
      { value: { count: 1, sum: 5 } },
    ]);
  });

  it("takes an engine that binds no values for none of these", async () => {
    const { gateway, connection, measured } = openMeasured();
    gateway.overrides.executeStatementV2 = () => {
      throw new ConnectError("not implemented", Code.Unimplemented);
    };
    await connection.query("select ?", [1]);
    await connection.close();
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "prepareStatement")).toHaveLength(2);
    expect(await measured("e6data.client.recoveries")).toEqual([]);
  });

  it.each([undefined, null, {}, { createHistogram: () => undefined }])("refuses %o as a meter", (meter) => {
    expect(() => measureQueries(meter as unknown as Meter)).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: expect.stringMatching(
          /^option "meter" has no function create\w+: pass what metrics.getMeter\("app"\) gives$/,
        ),
      }),
    );
  });
});
