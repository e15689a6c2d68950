import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { trailersOnly } from "../test/fake-gateway.ts";
import { longResult } from "../test/long-result.ts";
import { bearer, openConnection, secret } from "../test/open-connection.ts";
import { openTabs } from "../test/open-tabs.ts";
import { passTime } from "../test/pass-time.ts";

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

  it.each([
    ["begins again", "select 1", 2],
    ["ends", "insert into t values (1) returning id", 1],
  ])("%s, and fetches no batch twice, because of a token that has run out: %s", async (_what, statement, queries) => {
    let asked = 0;
    const { gateway, connection } = openConnection({ ...bearer, accessToken: async () => `token-${++asked}` });
    const fetched: string[] = [];
    gateway.intercept = (rpc) => {
      if (rpc !== "getNextResultBatch") {
        return undefined;
      }
      fetched.push(gateway.calls.findLast(({ queryId }) => queryId)?.queryId ?? "");
      return trailersOnly(Code.Unauthenticated, "expired");
    };
    await expect(connection.query(statement)).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
    expect([fetched.length, new Set(fetched).size]).toEqual([queries, queries]);
    await connection.close();
  });

  it("reports a function that fails, with its cause", async () => {
    const cause = new Error("the identity provider is down");
    const { connection } = openConnection({ ...bearer, accessToken: () => Promise.reject(cause) });
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED", cause });
  });

  it.each(["healthCheck", "prepareStatement"])("finds the active stack by a bare 456, at its %s", async (rpc) => {
    const { gateway, runtime, query, close } = openTabs(1, bearer);
    gateway.standby = "green";
    gateway.intercept = (name, stack) =>
      name === rpc && stack === "blue" ? new Response(null, { status: 456 }) : undefined;
    expect(await passTime(runtime, query())).toBe("green");
    await close();
  });

  it.each(["healthCheck", "prepareStatement"])("wakes a suspended cluster by a bare 503, at its %s", async (rpc) => {
    const { gateway, runtime, query, close } = openTabs(1, bearer);
    let isSuspended = true;
    gateway.cluster = {
      status: () => ({ status: isSuspended ? "suspended" : "active" }),
      resume: () => {
        isSuspended = false;
        return { status: "active" };
      },
    };
    gateway.intercept = (name) => (name === rpc && isSuspended ? new Response(null, { status: 503 }) : undefined);
    expect(await passTime(runtime, query())).toBe("blue");
    expect(gateway.rpcsOf("blue").filter((name) => name === "resume")).toHaveLength(1);
    await close();
  });

  it("names the stack in every call, and stays there with a query whatever others learn meanwhile", async () => {
    const { gateway, tabs, query, rest, close } = openTabs(1, bearer);
    gateway.result = longResult(3);
    const named: (string | null)[] = [];
    gateway.intercept = (_rpc, _stack, request) => {
      named.push(request.headers.get("strategy"));
      return undefined;
    };
    const stream = await tabs[0]?.stream("select c from t", undefined, { prefetchBytes: 0 });
    gateway.standby = gateway.target = "green";
    await query();
    await rest();
    expect(await query()).toBe("green");
    for await (const _row of stream ?? []);
    await rest();
    expect(named).not.toContain(null);
    const ofStream = gateway.calls.filter(({ queryId }) => queryId === stream?.queryId);
    expect(new Set(ofStream.map(({ stack }) => stack))).toEqual(new Set(["blue"]));
    await close();
  });
});
