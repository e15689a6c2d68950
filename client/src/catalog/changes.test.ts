import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { openAccess } from "../../test/open-access.ts";
import { dropUserContext, refreshCatalogs, setProperties, syncSchemas } from "./changes.ts";

describe("setProperties()", () => {
  it("sends them as JSON", async () => {
    const { gateway, context } = openAccess();
    gateway.overrides.setProps = () => ({});
    await setProperties(context, { cache: false, limit: 10, zone: "UTC" });
    expect(gateway.calls.at(-1)).toMatchObject({
      rpc: "setProps",
      request: { sessionId: "blue-session-1", props: '{"cache":false,"limit":10,"zone":"UTC"}' },
    });
  });

  it("holds on the other stack too, whether or not a session was open there", async () => {
    const { gateway, context } = openAccess();
    gateway.overrides.setProps = () => ({});
    gateway.overrides.refreshCatalogs = () => ({});
    const work = () => refreshCatalogs(context);
    await work();
    gateway.active = "green";
    await work();
    await setProperties(context, { cache: false });
    expect([context.sessions.isOpen("blue"), context.sessions.isOpen("green")]).toEqual([false, true]);
    await setProperties(context, { limit: 10 });
    gateway.active = "blue";
    await work();
    expect(gateway.calls.slice(-3)).toMatchObject([
      { stack: "blue", rpc: "authenticate" },
      { stack: "blue", rpc: "setProps", request: { sessionId: "blue-session-2", props: '{"cache":false,"limit":10}' } },
      { stack: "blue", rpc: "refreshCatalogs", sessionId: "blue-session-2" },
    ]);
  });

  it("is forgotten where the engine refuses it", async () => {
    const { gateway, context } = openAccess();
    gateway.intercept = (rpc) => (rpc === "setProps" ? trailersOnly(Code.InvalidArgument, "no such thing") : undefined);
    await expect(setProperties(context, { a: 1 })).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    expect(context.properties.json).toBeUndefined();
  });

  it.each([[["a"]], [null], [new Map()], [{ a: 1n }]])("refuses %o before any call", async (properties) => {
    const { gateway, context } = openAccess();
    // JavaScript callers pass what they like.
    await expect(setProperties(context, properties as never)).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    expect(gateway.calls).toEqual([]);
  });
});

describe("a call that changes something", () => {
  it("is made again where a stack refused it: nothing was done", async () => {
    const { gateway, context } = openAccess();
    gateway.overrides.refreshCatalogs = () => ({});
    gateway.intercept = (rpc, stack) => {
      if (rpc !== "refreshCatalogs" || stack !== "blue") return undefined;
      gateway.active = "green";
      return refusal("green");
    };
    await refreshCatalogs(context);
    expect(gateway.rpcsOf("green")).toEqual(["authenticate", "refreshCatalogs"]);
  });

  it.each([
    ["the connection", () => Promise.reject(new TypeError("fetch failed"))],
    ["the engine", () => trailersOnly(Code.Unavailable, "", { "x-e6-reason": "UPSTREAM_RESET" })],
  ])("is never made again where %s was lost: it may have been done", async (_what, answer) => {
    const { gateway, context } = openAccess();
    let calls = 0;
    gateway.intercept = (rpc) => {
      if (rpc !== "refreshCatalogs") return undefined;
      calls++;
      return answer();
    };
    await expect(refreshCatalogs(context)).rejects.toMatchObject({
      code: "SUBMISSION_UNKNOWN",
      retryable: false,
      strategy: "blue",
    });
    expect(calls).toBe(1);
  });

  it("leaves open whether it was done where its time is over", async () => {
    const { gateway, context } = openAccess();
    gateway.intercept = (rpc) => {
      if (rpc !== "refreshCatalogs") return undefined;
      // In this runtime a time limit is over once pauses have taken that long.
      for (const pause of [59_999, 1]) void context.runtime.sleep(pause, context.closing);
      return new Promise<never>(() => undefined);
    };
    const limits = { timeoutMs: 60_000 };
    await expect(refreshCatalogs(context, limits)).rejects.toMatchObject({ code: "SUBMISSION_UNKNOWN" });
  });

  it("was not done where its time is over before it began", async () => {
    const { gateway, context } = openAccess();
    gateway.intercept = () => new Promise<never>(() => undefined);
    await expect(refreshCatalogs(context, { timeoutMs: 10 })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });

  it("says that it was not done where the gateway reached no engine", async () => {
    const { gateway, context } = openAccess();
    gateway.intercept = (rpc) =>
      rpc === "refreshCatalogs"
        ? trailersOnly(Code.Unavailable, "", { "x-e6-reason": "NO_HEALTHY_UPSTREAM" })
        : undefined;
    await expect(refreshCatalogs(context)).rejects.toMatchObject({ code: "GATEWAY", retryable: true });
  });

  it("keeps a refusal as it is", async () => {
    const { gateway, context } = openAccess();
    gateway.intercept = (rpc) => (rpc === "refreshCatalogs" ? trailersOnly(Code.PermissionDenied, "no") : undefined);
    await expect(refreshCatalogs(context)).rejects.toMatchObject({ code: "PERMISSION_DENIED", message: "no" });
  });
});

describe("syncSchemas()", () => {
  it("names the schema and how", async () => {
    const { gateway, context } = openAccess({ catalog: "sample", schema: "tpch" });
    gateway.overrides.syncSchemas = () => ({});
    await syncSchemas(context);
    await syncSchemas(context, { catalog: "other", schema: "", replace: true });
    expect(gateway.calls.slice(1).map(({ request }) => request)).toMatchObject([
      { catalog: "sample", database: "tpch", isReplace: false },
      { catalog: "other", database: "", isReplace: true },
    ]);
  });
});

describe("dropUserContext()", () => {
  it("names the session and the engine that signed in", async () => {
    const { gateway, context } = openAccess();
    gateway.overrides.authenticate = () => ({ sessionId: "s", engineIP: "10.0.0.1" });
    gateway.overrides.dropUserContext = () => ({});
    await dropUserContext(context);
    expect(gateway.calls.at(-1)).toMatchObject({ request: { sessionId: "s", engineIP: "10.0.0.1" } });
  });
});
