import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { longResult } from "../../test/long-result.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { openConnectionOn } from "../../test/open-connection.ts";
import { IdentifyPlannerResponse_QueueMessage as QueueMessage } from "../gen/e6x_engine_pb.ts";
import { logQueries } from "./log-queries.ts";
import type { Logger, LogOptions } from "./log-writer.ts";

type Line = readonly [level: string, message: string, fields: object];

/** A connection whose queries are logged, and the lines. */
function openLogged(options?: LogOptions) {
  const lines: Line[] = [];
  const write = (level: string) => (message: string, fields: object) => void lines.push([level, message, fields]);
  const logger = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  return { lines, ...openConnectionOn(createManualRuntime(), { observe: [logQueries(logger, options)] }) };
}

const blue = { elapsedMs: 0, queryId: "blue-query-2", strategy: "blue" };

describe("logQueries()", () => {
  it("writes how a query ended", async () => {
    const { connection, lines } = openLogged();
    await connection.query("select 1");
    const stream = await connection.stream("select 1");
    await stream.close();
    (await connection.submit("select 1")).detach();
    await connection.close();
    expect(lines).toEqual([
      ["info", "e6data: query done", { ...blue, rows: 3 }],
      ["info", "e6data: query cancelled", { ...blue, queryId: "blue-query-3" }],
      ["info", "e6data: query let go of, left at the engine", { ...blue, queryId: "blue-query-4" }],
    ]);
  });

  it("writes each step where that is asked for", async () => {
    const { gateway, connection, lines } = openLogged({ level: "debug" });
    gateway.result = longResult(2);
    await connection.query("select 1");
    await connection.close();
    expect(lines).toEqual([
      ["debug", "e6data: query waits for a sign-in or for the active stack", { elapsedMs: 0 }],
      ["debug", "e6data: query handed to the engine", { elapsedMs: 0, strategy: "blue" }],
      ["debug", "e6data: query is being run", blue],
      ["debug", "e6data: query has rows", { ...blue, batch: 1, batches: 2, rows: 3, rowCount: 6 }],
      ["debug", "e6data: query has rows", { ...blue, batch: 2, batches: 2, rows: 6, rowCount: 6 }],
      ["info", "e6data: query done", { ...blue, rows: 6 }],
    ]);
  });

  it("writes what a query waits for", async () => {
    const { gateway, runtime, connection, lines } = openLogged();
    let isAwake = false;
    gateway.cluster.status = () => ({ status: isAwake ? "active" : "suspended" });
    gateway.cluster.resume = () => {
      isAwake = true;
      return { status: "resuming" };
    };
    gateway.intercept = (rpc) =>
      isAwake || rpc === "status" || rpc === "resume" ? undefined : new Response(null, { status: 503 });
    const answers = [QueueMessage.RATE_LIMIT, QueueMessage.RATE_LIMIT, QueueMessage.WAITING_ON_PLANNER_SCALEUP];
    gateway.overrides.identifyPlanner = () => ({ queueMessage: answers.shift() ?? QueueMessage.GO_AHEAD });
    const query = connection.query("select 1", undefined, { awaitPlanner: true });
    for (const pause of [5000, 100, 200, 400]) {
      await expect.poll(() => runtime.sleeping).toContain(pause);
      runtime.advance(pause);
    }
    await query;
    await connection.close();
    expect(
      lines.map(
        ([level, message, { state, reason }]: readonly [string, string, { state?: string; reason?: string }]) => [
          level,
          message,
          state ?? reason,
        ],
      ),
    ).toEqual([
      ["info", "e6data: query waits for the cluster to wake up", "resuming"],
      ["info", "e6data: query waits for the cluster to wake up", "active"],
      ["info", "e6data: query waits for a planner", "rate-limit"],
      ["info", "e6data: query waits for a planner", "planner-scale-up"],
      ["info", "e6data: query done", undefined],
    ]);
  });

  it("warns of a statement that is handed over again, and only then", async () => {
    const { gateway, connection, lines } = openLogged({ level: "warn" });
    await connection.query("select 1");
    await connection.query("select 1");
    gateway.overrides.executeStatementV2 = () => {
      throw new ConnectError("an engine that binds no values", Code.Unimplemented);
    };
    await connection.query("select ?", [1]);
    gateway.intercept = (rpc, stack) => {
      if (rpc !== "executeStatement" || stack === "green") return undefined;
      gateway.active = "green";
      return refusal("green");
    };
    await connection.query("select 1");
    await connection.close();
    expect(lines).toEqual([
      ["warn", "e6data: query begins again", { ...blue, queryId: "blue-query-6", code: "STRATEGY_MISMATCH" }],
      ["warn", "e6data: query handed to the engine again", { elapsedMs: 0, strategy: "green" }],
    ]);
  });

  it("tells a failure by its code", async () => {
    const { gateway, connection, lines } = openLogged({ level: "error" });
    gateway.intercept = (rpc) => (rpc === "executeStatement" ? trailersOnly(Code.Internal, "Parser Error") : undefined);
    await expect(connection.query("select 1")).rejects.toThrow();
    await connection.close();
    expect(lines).toEqual([["error", "e6data: query failed", { ...blue, code: "SQL_ERROR", retryable: false }]]);
  });

  it("passes over the levels that a logger does not have, and calls those that it has as its methods", async () => {
    class Warnings {
      readonly seen: string[] = [];
      error(message: string) {
        this.seen.push(message);
      }
    }
    const logger = new Warnings();
    const { gateway, connection } = openConnectionOn(createManualRuntime(), {
      observe: [logQueries(logger, { level: "debug" })],
    });
    await connection.query("select 1");
    gateway.intercept = (rpc) => (rpc === "prepareStatement" ? trailersOnly(Code.Internal, "Parser Error") : undefined);
    await expect(connection.query("select 1")).rejects.toThrow();
    await connection.close();
    expect(logger.seen).toEqual(["e6data: query failed"]);
  });

  it.each([
    [undefined, {}, 'option "logger" has none of the functions debug, info, warn, error: pass console, or one like it'],
    [{}, {}, 'option "logger" has none of the functions'],
    [{ info: "x" }, {}, 'option "logger" has none of the functions'],
    [console, { level: "trace" }, 'option "level" is not one of debug, info, warn, error: pass one of debug,'],
    [console, null, 'option "options" of logQueries() is not an object'],
    [console, { Level: "info" }, 'option "Level" is not known to logQueries()'],
  ])("refuses the logger %o with %o", (logger, options, message) => {
    expect(() => logQueries(logger as unknown as Logger, options as LogOptions)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(message) }),
    );
  });
});
