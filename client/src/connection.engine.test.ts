import { describe, expect, it } from "vitest";
import { openConnection } from "../test/open-connection.ts";
import { dataFrame } from "./catalog/data-frame.ts";

/** A connection to engines that know data frames. */
function open() {
  const opened = openConnection();
  let frames = 0;
  opened.gateway.overrides = {
    createDataFrame: () => ({ queryId: `frame-${++frames}` }),
    limitOnDataFrame: () => ({}),
    executeDataFrame: () => ({}),
    getNextResultBatch: () => ({ resultBatch: opened.gateway.result.batches[served++] ?? new Uint8Array() }),
  };
  let served = 0;
  return opened;
}

describe("Connection", () => {
  it("reads a data frame as it reads a query, and gives it back", async () => {
    const { gateway, connection } = open();
    const result = await connection.query(dataFrame({ table: "t" }).limit(3));
    expect(result.rows()).toEqual([[5n], [5n], [5n]]);
    await connection.close();
    const rpcs = gateway.rpcsOf("blue");
    expect(rpcs.slice(0, 5)).toEqual([
      "authenticate",
      "createDataFrame",
      "limitOnDataFrame",
      "executeDataFrame",
      "getResultMetadata",
    ]);
    expect(rpcs.at(-1)).toBe("clear");
    expect(gateway.calls.at(-1)?.queryId).toBe("frame-1");
  });

  it("takes no values beside a data frame", async () => {
    const { gateway, connection } = open();
    const query = connection.query(dataFrame({ table: "t" }), [1]);
    await expect(query).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    expect(gateway.calls).toEqual([]);
  });

  it("looks up names and asks the cluster", async () => {
    const { gateway, connection } = open();
    gateway.overrides.getTables = () => ({ tables: ["nation"] });
    gateway.cluster.status = () => ({ status: "active" });
    expect(await connection.tables({ schema: "tpch" })).toEqual(["nation"]);
    expect(await connection.cluster.status()).toBe("active");
    await connection.close();
    await expect(connection.tables({ schema: "tpch" })).rejects.toMatchObject({ code: "CLOSED" });
    await expect(connection.cluster.status()).rejects.toMatchObject({ code: "CLOSED" });
  });

  it("wakes a suspended cluster up for a query", async () => {
    const { gateway, connection } = openConnection();
    let isAwake = false;
    gateway.cluster.status = () => ({ status: isAwake ? "active" : "suspended" });
    gateway.cluster.resume = () => {
      isAwake = true;
      return { status: "resuming" };
    };
    gateway.intercept = (rpc) =>
      isAwake || rpc === "status" || rpc === "resume" ? undefined : new Response(null, { status: 503 });
    const events: string[] = [];
    await connection.query("select 1", undefined, { onEvent: ({ type }) => events.push(type) });
    expect(events.slice(0, 4)).toEqual(["authenticating", "resuming", "resuming", "authenticating"]);
    await connection.close();
  });

  it("signs in for another user", async () => {
    const { gateway, connection } = openConnection({ impersonate: "bob", customIdentityClaim: "email" });
    await connection.query("select 1");
    await connection.close();
    expect(gateway.calls[0]?.request).toMatchObject({ userNameForImpersonation: "bob", customIdentityClaim: "email" });
  });
});
