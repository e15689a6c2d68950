import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { refusal, trailersOnly } from "../test/fake-gateway.ts";
import { createManualRuntime } from "../test/manual-runtime.ts";
import { createGate, openConnection, openConnectionOn, threeFives } from "../test/open-connection.ts";
import { passTime } from "../test/pass-time.ts";
import { settle } from "../test/settle.ts";
import { vectorCase } from "../test/vectors.ts";
import type { Strategy } from "./headers.ts";

describe("Connection.query() and the active stack", () => {
  it("finds green when blue refuses", async () => {
    const { gateway, connection } = openConnection();
    gateway.active = "green";
    expect((await connection.query("select 1")).strategy).toBe("green");
    expect(connection.strategy).toMatchObject({ active: "green", announced: undefined });
    await connection.close();
  });

  it("moves over between two queries without an error", async () => {
    const { gateway, connection } = openConnection();
    const stacks: Strategy[] = [];
    for (const active of ["blue", "green", "green", "blue"] as const) {
      gateway.active = active;
      stacks.push((await connection.query("select 1")).strategy);
    }
    expect(stacks).toEqual(["blue", "green", "green", "blue"]);
    await connection.close();
  });

  it.each([
    ["as a bare HTTP status", () => new Response("strategy mismatch", { status: 456 })],
    ["in the headers of the gateway", () => refusal("green")],
    ["in an engine's words", () => trailersOnly(Code.InvalidArgument, "Status: 456, strategy mismatch")],
  ])("recognises a refusal %s", async (_form, answer) => {
    const { gateway, connection } = openConnection();
    gateway.active = "green";
    gateway.intercept = (_rpc, stack) => (stack === "blue" ? answer() : undefined);
    expect((await connection.query("select 1")).strategy).toBe("green");
    await connection.close();
  });

  it("makes one detection of many refusals", async () => {
    const { gateway, connection } = openConnection();
    await connection.query("select 1");
    gateway.active = "green";
    const results = await Promise.all(Array.from({ length: 50 }, () => connection.query("select 1")));
    expect(new Set(results.map(({ strategy }) => strategy))).toEqual(new Set(["green"]));
    expect(gateway.rpcsOf("green").filter((rpc) => rpc === "authenticate")).toHaveLength(1);
    await connection.close();
  });

  it("repeats a refusal that comes late on the stack that is active by then, without another detection", async () => {
    const { gateway, connection } = openConnection();
    await connection.query("select 1");
    const late = createGate();
    const reached = createGate();
    let prepares = 0;
    gateway.intercept = (rpc, stack) => {
      if (rpc !== "prepareStatement" || stack !== "blue" || ++prepares > 1) {
        return undefined;
      }
      reached.open();
      return late.passed.then(() => refusal("green"));
    };
    const waiting = connection.query("select 1");
    await reached.passed;
    gateway.active = "green";
    await connection.query("select 2");
    const before = gateway.calls.filter(({ rpc }) => rpc === "authenticate").length;
    late.open();
    expect((await waiting).strategy).toBe("green");
    expect(gateway.calls.filter(({ rpc }) => rpc === "authenticate")).toHaveLength(before);
    await connection.close();
  });

  it("lets a running query finish where it began", async () => {
    const { gateway, connection } = openConnection();
    const reached = createGate();
    const gate = createGate();
    gateway.overrides.getResultMetadata = async () => {
      reached.open();
      await gate.passed;
      return { resultMetaData: threeFives.result.metadata };
    };
    const running = connection.query("select 1");
    await reached.passed;
    gateway.active = "green";
    gateway.overrides.getResultMetadata = () => ({ resultMetaData: threeFives.result.metadata });
    expect((await connection.query("select 2")).strategy).toBe("green");
    gate.open();
    expect((await running).strategy).toBe("blue");
    await connection.close();
    const ofRunning = gateway.calls.filter(({ queryId }) => queryId === "blue-query-2");
    expect(new Set(ofRunning.map(({ stack, sessionId }) => `${stack} ${sessionId}`))).toEqual(
      new Set(["blue blue-session-1"]),
    );
  });

  it("begins again when the stack refuses to execute: nothing has run", async () => {
    const { gateway, connection } = openConnection();
    gateway.intercept = (rpc, stack) => {
      if (rpc === "executeStatement" && stack === "blue") {
        gateway.active = "green";
        return refusal("green");
      }
      return undefined;
    };
    expect((await connection.query("select 1")).strategy).toBe("green");
    await connection.close();
    expect(gateway.rpcsOf("blue")).toContain("clear");
  });

  it("names the tries when neither stack accepts, after some rounds", async () => {
    const { gateway, runtime, connection } = openConnection();
    gateway.intercept = (_rpc, stack) => refusal(stack === "blue" ? "green" : "blue");
    await expect(connection.query("select 1")).rejects.toMatchObject({
      code: "NO_ACTIVE_STACK",
      retryable: true,
      message: expect.stringContaining("blue: STRATEGY_MISMATCH, green: STRATEGY_MISMATCH"),
    });
    // Another round of pauses does not fit into the minute.
    expect(runtime.pauses).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000, 10_000]);
  });

  it("gives up after a minute when both stacks in turn accept a sign-in and refuse work", async () => {
    const { gateway, runtime, connection } = openConnection();
    let prepares = 0;
    gateway.intercept = (rpc, stack) => {
      gateway.active = stack;
      if (rpc !== "prepareStatement") {
        return undefined;
      }
      // Without an end to the tries the test would not end either.
      return ++prepares > 20 ? new Response(null, { status: 500 }) : refusal(stack);
    };
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "STRATEGY_MISMATCH" });
    // Each is a change of the active stack, for which a query has two more tries.
    expect([prepares, runtime.pauses]).toEqual([12, [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000, 10_000]]);
  });

  it("blames the network when nothing answers at all", async () => {
    const { gateway, connection } = openConnection();
    gateway.intercept = () => Promise.reject(new TypeError("fetch failed"));
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "NETWORK", retryable: true });
  });

  it("asks the other stack when one is down", async () => {
    const { gateway, connection } = openConnection();
    gateway.active = "green";
    gateway.intercept = (_rpc, stack) =>
      stack === "blue" ? trailersOnly(Code.Unavailable, "down", { "x-e6-reason": "NO_HEALTHY_UPSTREAM" }) : undefined;
    expect((await connection.query("select 1")).strategy).toBe("green");
    await connection.close();
  });

  it("stops at wrong credentials: the other stack would say the same", async () => {
    const { gateway, connection } = openConnection({ token: "wrong" });
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
    expect(gateway.calls.map(({ rpc }) => rpc)).toEqual(["authenticate"]);
  });

  it("tells a suspended cluster that it may not resume", async () => {
    const { gateway, connection } = openConnection({ autoResume: false });
    gateway.intercept = () => new Response(null, { status: 503 });
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "CLUSTER_SUSPENDED", retryable: true });
  });

  it("notes an announced switch and its end", async () => {
    const { gateway, connection } = openConnection();
    gateway.deliver = (response) => {
      response.headers.set("x-e6-new-strategy", " Green ");
      return response;
    };
    await connection.query("select 1");
    expect(connection.strategy).toMatchObject({ active: "blue", announced: "green" });
    gateway.deliver = (response) => response;
    await connection.query("select 1");
    await connection.query("select 1");
    expect(connection.strategy).toMatchObject({ active: "blue", announced: undefined });
    await connection.close();
  });

  it("notes a switch that is announced beside a failure, and keeps it when a failure says nothing", async () => {
    const { gateway, connection } = openConnection();
    await connection.query("select 1");
    gateway.intercept = (rpc) =>
      rpc === "prepareStatement"
        ? trailersOnly(Code.Internal, "Parser Error", { "x-e6-new-strategy": "green" })
        : undefined;
    await expect(connection.query("selct 1")).rejects.toMatchObject({ code: "SQL_ERROR" });
    expect(connection.strategy.announced).toBe("green");
    gateway.intercept = (rpc) => (rpc === "prepareStatement" ? trailersOnly(Code.Internal, "Parser Error") : undefined);
    await expect(connection.query("selct 1")).rejects.toMatchObject({ code: "SQL_ERROR" });
    expect(connection.strategy.announced).toBe("green");
    await connection.close();
  });

  it("notes a switch that the engine announces in its message", async () => {
    const { gateway, connection } = openConnection();
    gateway.overrides.clear = () => ({ newStrategy: "green" });
    await connection.query("select 1");
    await connection.close();
    expect(connection.strategy.announced).toBe("green");
  });
});

describe("Connection.query() and its session", () => {
  it("signs in again on the same stack when the session has gone, after a pause, and repeats", async () => {
    const { gateway, runtime, connection } = openConnection();
    await connection.query("select 1");
    gateway.overrides.prepareStatement = ({ sessionId }) => {
      if (sessionId === "blue-session-1") {
        throw new ConnectError("Access denied", Code.Internal);
      }
      return { queryId: "blue-query-2", engineIP: "blue-engine" };
    };
    gateway.overrides.getNextResultBatch = () => ({});
    gateway.result = vectorCase("no-rows").result;
    await connection.query("select 1");
    await connection.close();
    expect(runtime.pauses).toEqual([200]);
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "authenticate")).toHaveLength(2);
  });

  it("signs in again also where another session has gone that had taken its place meanwhile", async () => {
    const { gateway, runtime, connection } = openConnectionOn(createManualRuntime(), { deploymentTtlMs: 60_000 });
    let sessions = 0;
    gateway.overrides.authenticate = () => ({ sessionId: `session-${++sessions}` });
    await connection.query("select 1");
    runtime.advance(60_001);
    const isConfirmed = createGate();
    gateway.intercept = async (rpc, _stack, request) => {
      if (rpc !== "prepareStatement") return undefined;
      await isConfirmed.passed;
      const body = await request.clone().text();
      return /session-[12]/.test(body) ? trailersOnly(Code.Internal, "Access denied") : undefined;
    };
    const query = connection.query("select 1");
    // What is known is too old: a look whether it still holds brings a second session.
    await vi.waitFor(() => expect(sessions).toBe(2));
    await settle();
    isConfirmed.open();
    await passTime(runtime, query);
    await connection.close();
    expect(sessions).toBe(3);
  });

  it("signs in again also where the new session is lost before it is used", async () => {
    const { gateway, connection } = openConnection();
    let lost = 2;
    gateway.intercept = (rpc) =>
      rpc === "prepareStatement" && lost-- > 0 ? trailersOnly(Code.Internal, "Access denied") : undefined;
    await connection.query("select 1");
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "authenticate")).toHaveLength(3);
  });

  it("signs in again twice: then it is a right that is missing", async () => {
    const { gateway, connection } = openConnection();
    gateway.intercept = (rpc) =>
      rpc === "prepareStatement" ? trailersOnly(Code.Internal, "Access denied to table t") : undefined;
    await expect(connection.query("select 1")).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      message: "Access denied to table t",
    });
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "authenticate")).toHaveLength(3);
  });
});
