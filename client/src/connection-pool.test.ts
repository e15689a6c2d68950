import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { FakeGateway } from "../test/fake-gateway.ts";
import { openConnection, threeFives } from "../test/open-connection.ts";
import { createPool } from "./connection-pool.ts";

const options = { url: "https://gateway.example.com", user: "ann", token: "t" };

describe("createPool()", () => {
  it("lends connections that query, and closes them with the pool", async () => {
    const gateway = new FakeGateway();
    gateway.result = threeFives.result;
    const pool = createPool({ ...options, fetch: gateway.fetch }, { max: 1, pingAfterMs: 0 });
    const result = await pool.use((connection) => connection.query("select 1"));
    expect(result.rows()).toEqual([[5n], [5n], [5n]]);
    const lease = await pool.acquire();
    lease.release();
    await pool.close();
    await expect(lease.value.query("select 1")).rejects.toMatchObject({ code: "CLOSED" });
    // One connection, so one sign-in.
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "authenticate")).toHaveLength(1);
  });

  it("refuses wrong options of the connection and of the pool", () => {
    expect(() => createPool({ ...options, url: "nowhere" })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
    expect(() => createPool(options, { max: 0 })).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});

describe("Connection.ping()", () => {
  it("asks the active stack", async () => {
    const { gateway, connection } = openConnection();
    gateway.overrides = { healthCheck: () => ({}) };
    gateway.active = "green";
    await connection.ping();
    expect(gateway.rpcsOf("green")).toEqual(["authenticate", "healthCheck"]);
    await connection.close();
  });

  it("takes an engine without the call for one that answers", async () => {
    const { gateway, connection } = openConnection();
    gateway.overrides = {
      healthCheck: () => {
        throw new ConnectError("no such call", Code.Unimplemented);
      },
    };
    await connection.ping();
    await connection.close();
  });

  it("rejects when the engine fails", async () => {
    const { gateway, connection } = openConnection();
    gateway.overrides = {
      healthCheck: () => {
        throw new ConnectError("broken", Code.Internal);
      },
    };
    await expect(connection.ping()).rejects.toMatchObject({ code: "INTERNAL" });
    await connection.close();
  });
});
