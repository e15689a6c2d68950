import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { trailersOnly } from "../test/fake-gateway.ts";
import { bearer, openConnection, secret } from "../test/open-connection.ts";

describe("Connection.query() with a bearer token", () => {
  it("sends the token with every call, no session, and asks for health in place of signing in", async () => {
    const { gateway, connection } = openConnection(bearer);
    await connection.query("select 1");
    await connection.close();
    expect(gateway.calls[0]?.rpc).toBe("healthCheck");
    expect(gateway.calls.map(({ authorization }) => authorization)).toEqual(
      gateway.calls.map(() => `Bearer ${secret}`),
    );
    expect(gateway.calls.slice(1).every(({ sessionId }) => sessionId === "")).toBe(true);
  });

  it("takes an engine without a health check for one that answers", async () => {
    const { gateway, connection } = openConnection(bearer);
    gateway.overrides.healthCheck = () => {
      throw new ConnectError("not here", Code.Unimplemented);
    };
    expect((await connection.query("select 1")).rowCount).toBe(3);
    await connection.close();
  });

  it("asks the function again once the token has run out, and repeats the call", async () => {
    let asked = 0;
    const { gateway, connection } = openConnection({ ...bearer, accessToken: async () => `token-${++asked}` });
    gateway.intercept = (_rpc, _stack, request) =>
      request.headers.get("authorization") === "Bearer token-1"
        ? trailersOnly(Code.Unauthenticated, "expired")
        : undefined;
    expect((await connection.query("select 1")).rowCount).toBe(3);
    expect(asked).toBe(2);
    await connection.close();
  });

  it("gives up when the function has no newer token", async () => {
    const { gateway, connection } = openConnection(bearer);
    gateway.intercept = () => trailersOnly(Code.Unauthenticated, "expired");
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
  });

  it("does not fetch a batch twice because of a token", async () => {
    let asked = 0;
    const { gateway, connection } = openConnection({ ...bearer, accessToken: async () => `token-${++asked}` });
    let fetches = 0;
    gateway.intercept = (rpc) => {
      if (rpc !== "getNextResultBatch") {
        return undefined;
      }
      fetches++;
      return trailersOnly(Code.Unauthenticated, "expired");
    };
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
    expect(fetches).toBe(1);
    await connection.close();
  });

  it("reports a function that fails, with its cause", async () => {
    const cause = new Error("the identity provider is down");
    const { connection } = openConnection({ ...bearer, accessToken: () => Promise.reject(cause) });
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED", cause });
  });
});
