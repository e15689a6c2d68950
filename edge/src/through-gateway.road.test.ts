import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type FaultFormName, type Mock, startMock } from "@e6data-web/mock";
import { type Connection, connect } from "e6data-web";
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
  connection = connect({ url: gateway.url, user: "ann", token: "secret" });
});

afterEach(async () => {
  await connection.close();
});

afterAll(async () => {
  // Whatever did not start has nothing to close.
  await gateway?.close();
  await mock?.close();
});

function rpcs(): string[] {
  return mock.control.calls().map(({ stack, rpc }) => `${stack} ${rpc}`);
}

/** How many queries the engine still keeps. */
function openQueries(): number {
  const { blue, green } = mock.control.state().stacks;
  return blue.queries + green.queries;
}

describe("a connection through Envoy", () => {
  it("reads rows, and gives the query back", async () => {
    const result = await connection.query("select r_name from region order by 1");
    expect(result.rows()).toEqual([["AFRICA"], ["AMERICA"], ["ASIA"], ["EUROPE"], ["MIDDLE EAST"]]);
    expect(result).toMatchObject({ rowCount: 5, strategy: "blue", fields: [{ name: "r_name", type: "STRING" }] });
    await connection.close();
    expect(rpcs()).toEqual([
      "blue authenticate",
      "blue prepareStatement",
      "blue executeStatement",
      "blue getResultMetadata",
      "blue getNextResultBatchV2",
      "blue clear",
    ]);
    expect(openQueries()).toBe(0);
  });

  it("reads a result of many batches", async () => {
    const result = await connection.query("select i, i::varchar from range(100000) t(i) order by i");
    const rows = result.rows();
    expect([rows.length, rows[99_999]]).toEqual([100_000, [99_999n, "99999"]]);
    expect(rows.every(([number], index) => number === BigInt(index))).toBe(true);
  });

  it("looks names up in the catalog and schema of the connection", async () => {
    await using other = connect({
      url: gateway.url,
      user: "ann",
      token: "secret",
      catalog: "sample",
      schema: "tpch",
      cluster: "Demo",
    });
    expect((await other.query("select * from nation")).rowCount).toBe(25);
    expect(mock.control.calls().find(({ rpc }) => rpc === "prepareStatementV2")).toMatchObject({ clusterName: "demo" });
  });

  it("signs in by bearer token, without a session", async () => {
    await using other = connect({ url: gateway.url, accessToken: "token" });
    expect((await other.query("select 1")).rowCount).toBe(1);
    expect(mock.control.calls()[0]).toMatchObject({ rpc: "healthCheck", authorization: "present" });
  });

  it("asks for a new token when the engine says that it has run out", async () => {
    const tokens = ["expired", "fresh"];
    await using other = connect({ url: gateway.url, accessToken: async () => tokens.shift() ?? "none left" });
    expect((await other.query("select 1")).rowCount).toBe(1);
    expect(tokens).toEqual([]);
  });

  it("refuses wrong credentials", async () => {
    await using other = connect({ url: gateway.url, user: "ann", token: "wrong" });
    await expect(other.query("select 1")).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED", strategy: "blue" });
  });

  it.each(["select nonsense", "select error('status: 456')", "select error('Status: 503')"])(
    "reports an SQL error in the engine's words: %s",
    async (sql) => {
      await expect(connection.query(sql)).rejects.toMatchObject({ code: "SQL_ERROR", retryable: false });
      await connection.close();
      expect(rpcs().filter((rpc) => rpc.endsWith("authenticate"))).toEqual(["blue authenticate"]);
      expect(openQueries()).toBe(0);
    },
  );
});

describe("a connection through a deployment", () => {
  it("rides through switches between queries, soft and hard, without an error", async () => {
    const stacks: string[] = [];
    for (const [stack, hard] of [["blue"], ["green"], ["blue", true], ["green", true], ["green"]] as const) {
      mock.control.switch(stack, { hard: hard ?? false });
      stacks.push((await connection.query("select 1")).strategy);
    }
    expect(stacks).toEqual(["blue", "green", "blue", "green", "green"]);
  });

  it("moves over when the stack that it used is down", async () => {
    await connection.query("select 1");
    mock.control.switch("green");
    await mock.control.setStack("blue", { up: false });
    await using other = connect({ url: gateway.url, user: "ann", token: "secret" });
    expect((await other.query("select 1")).strategy).toBe("green");
  });

  it("notes what the gateway announces", async () => {
    await gateway.apply({ active: "blue", announced: "green" });
    try {
      await connection.query("select 1");
      expect(connection.strategy).toMatchObject({ active: "blue", announced: "green" });
    } finally {
      await gateway.apply({ active: "blue" });
    }
  });

  it("signs in again when its session is gone", async () => {
    await connection.query("select 1");
    mock.control.expire();
    expect((await connection.query("select 1")).strategy).toBe("blue");
  });

  it("tells a suspended cluster that it may not wake", async () => {
    mock.control.suspend();
    await using other = connect({ url: gateway.url, user: "ann", token: "secret", autoResume: false });
    await expect(other.query("select 1")).rejects.toMatchObject({
      code: "CLUSTER_SUSPENDED",
      reason: "CLUSTER_SUSPENDED",
    });
  });

  it("wakes a suspended cluster, once for all who need it", async () => {
    mock.control.suspend({ resumeMs: 0 });
    const results = await Promise.all([connection.query("select 1"), connection.query("select 2")]);
    expect(results.map((result) => result.rows())).toEqual([[[1]], [[2]]]);
    const resumes = mock.control.calls().filter(({ rpc }) => rpc === "ClusterService/resume");
    expect(resumes).toHaveLength(1);
  });

  it("names the tries when both stacks are down", async () => {
    await mock.control.setStack("blue", { up: false });
    await mock.control.setStack("green", { up: false });
    await using hasty = connect({ url: gateway.url, user: "ann", token: "secret", recoveryTimeoutMs: 500 });
    await expect(hasty.query("select 1")).rejects.toMatchObject({
      code: "NO_ACTIVE_STACK",
      message: expect.stringContaining("blue: NO_HEALTHY_UPSTREAM"),
    });
  });

  it.each<[FaultFormName, "blue" | "green"]>([
    ["http-456", "green"],
    ["http-456-text", "green"],
    ["http-456-html", "green"],
    ["unknown-456", "green"],
    ["invalid-argument-456", "green"],
    // The cluster says that it is awake: then the refusal is over, and the same stack is asked again.
    ["http-503", "blue"],
  ])("takes %s of blue on prepare as %s", async (form, outcome) => {
    await connection.query("select 1");
    mock.control.switch("green");
    await mock.control.setStack("blue", { acceptsWhileDraining: true });
    mock.control.faults([{ rpc: "prepareStatement", stack: "blue", form }]);
    const answer = await connection.query("select 1").catch((error: { code: string }) => error);
    expect("code" in answer ? answer.code : answer.strategy).toBe(outcome);
  });
});

describe("a query that is cancelled", () => {
  it("is stopped at the engine", async () => {
    const controller = new AbortController();
    const query = connection.query("select count(*) from range(100000000000) t(i) where i % 7 = 3", undefined, {
      signal: controller.signal,
    });
    const outcome = expect(query).rejects.toMatchObject({ code: "CANCELLED" });
    await expect.poll(() => rpcs()).toContain("blue getResultMetadata");
    controller.abort();
    await outcome;
    await connection.close();
    expect(rpcs().slice(-2)).toEqual(["blue cancelQuery", "blue clear"]);
    expect(openQueries()).toBe(0);
  });
});
