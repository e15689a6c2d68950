import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { type FakeGateway, trailersOnly } from "../../test/fake-gateway.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { createGate, openConnection, openConnectionOn } from "../../test/open-connection.ts";
import { sql } from "../sql/sql-template.ts";

/** What the engine was given to prepare, in order. */
function preparedTexts(gateway: FakeGateway): unknown[] {
  return gateway.calls
    .filter(({ rpc }) => rpc.startsWith("prepareStatement"))
    .map(({ message }) => Reflect.get(message, "queryString"));
}

describe("the values of a statement", () => {
  it("are bound by the engine", async () => {
    const { gateway, connection } = openConnection();
    await connection.query("select :a, ':a'", { a: 7 });
    await connection.query(sql`select ${7}, ${"it's"}`);
    await connection.close();
    expect(preparedTexts(gateway)).toEqual(["select ?, ':a'", "select ?, ?"]);
    const bound = gateway.calls.filter(({ rpc }) => rpc === "executeStatementV2").map(({ message }) => message);
    expect(bound).toMatchObject([
      { params: [{ index: 0, type: "LONG", value: "7" }] },
      {
        params: [
          { index: 0, value: "7" },
          { index: 1, type: "STRING", value: "it's" },
        ],
      },
    ]);
  });

  it("are written into the text for an engine that binds none, which is asked once", async () => {
    const { gateway, connection } = openConnection();
    gateway.intercept = (rpc) =>
      rpc === "executeStatementV2" ? trailersOnly(Code.Unimplemented, "not implemented") : undefined;
    await connection.query("select ? as c", ["it's"]);
    await connection.query("select ? as c", ["it's"]);
    await connection.close();
    const [first, second, third] = preparedTexts(gateway);
    expect(first).toBe("select ? as c");
    expect(second).toContain("'it''s'");
    expect(third).toBe(second);
    expect(gateway.openQueries.size).toBe(0);
  });

  it("are those of the moment of the call, whatever becomes of them meanwhile", async () => {
    const { gateway, connection } = openConnection();
    const values: (string | string[])[] = ["before", ["one"]];
    gateway.intercept = (rpc) => {
      if (rpc !== "executeStatementV2") return undefined;
      values[0] = "after";
      if (Array.isArray(values[1])) values[1].push("two");
      return trailersOnly(Code.Unimplemented, "not implemented");
    };
    await connection.query("select ? where a in (?)", values);
    await connection.close();
    expect(values).toEqual(["after", ["one", "two"]]);
    expect(preparedTexts(gateway)[1]).toContain("'before'");
    expect(preparedTexts(gateway)[1]).not.toMatch(/after|two/);
  });

  it("need no binding where there are none", async () => {
    const { gateway, connection } = openConnection();
    await connection.query("select '?'");
    await connection.close();
    expect(preparedTexts(gateway)).toEqual(["select '?'"]);
    expect(gateway.rpcsOf("blue")).toContain("executeStatement");
  });

  it("are refused before any call", async () => {
    const { gateway, connection } = openConnection();
    await expect(connection.query("select ?, ?", [1])).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    expect(gateway.calls).toEqual([]);
  });
});

describe("the namespace of a query", () => {
  it("stands above the connection's", async () => {
    const { gateway, connection } = openConnection({ catalog: "one", schema: "two" });
    await connection.query("select 1", undefined, { catalog: "sample", schema: "tpch" });
    await connection.query("select 1");
    await connection.close();
    expect(gateway.calls.filter(({ rpc }) => rpc === "prepareStatementV2").map(({ message }) => message)).toMatchObject(
      [
        { catalog: "sample", schema: "tpch" },
        { catalog: "one", schema: "two" },
      ],
    );
  });
});

/** A connection that is preparing a query: its caller has left, the engine has not answered yet. */
async function leaveWhilePreparing() {
  const open = openConnectionOn(createManualRuntime());
  const { gateway, connection } = open;
  const reached = createGate();
  const answer = createGate();
  gateway.overrides.prepareStatement = async () => {
    reached.open();
    await answer.passed;
    gateway.openQueries.add("late");
    return { queryId: "late", engineIP: "engine" };
  };
  const controller = new AbortController();
  const query = connection.query("select 1", undefined, { signal: controller.signal });
  const outcome = expect(query).rejects.toMatchObject({ code: "CANCELLED" });
  await reached.passed;
  controller.abort();
  // The caller does not wait for the engine.
  await outcome;
  return { ...open, answer };
}

describe("a query that is cancelled while it is prepared", () => {
  it("is cancelled and cleared when the engine has prepared it", async () => {
    const { gateway, runtime, connection, answer } = await leaveWhilePreparing();
    answer.open();
    await connection.close();
    expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    expect(gateway.calls.at(-1)).toMatchObject({ queryId: "late", plannerIp: "engine" });
    expect(gateway.openQueries.size).toBe(0);
    expect(runtime.sleeping).toEqual([]);
  });

  it("is given up when the engine takes too long", async () => {
    const { gateway, runtime, connection } = await leaveWhilePreparing();
    expect(runtime.sleeping).toEqual([5000]);
    runtime.advance(5000);
    await connection.close();
    expect(gateway.inFlight).toBe(0);
    expect(runtime.sleeping).toEqual([]);
    expect(gateway.rpcsOf("blue").slice(-1)).toEqual(["prepareStatement"]);
  });
});

describe("a query with a time limit", () => {
  it("tells the engine with every call how long it may take", async () => {
    const { gateway, connection } = openConnectionOn(createManualRuntime());
    await connection.query("select 1", undefined, { timeoutMs: 30_000 });
    await connection.close();
    const timeouts = new Map(gateway.calls.map(({ rpc, timeout }) => [rpc, timeout]));
    // A second more than the caller waits. Prepare may take longer: its answer names the query to cancel.
    expect(timeouts.get("prepareStatement")).toBe("36000m");
    for (const rpc of ["executeStatement", "getResultMetadata", "getNextResultBatch"]) {
      expect(timeouts.get(rpc)).toBe("31000m");
    }
  });

  it("ends, and is cancelled at the engine, when its time is over", async () => {
    const { gateway, runtime, connection } = openConnectionOn(createManualRuntime());
    gateway.intercept = (rpc) => {
      if (rpc !== "getResultMetadata") return undefined;
      runtime.advance(30_000);
      return new Promise<never>(() => undefined);
    };
    await expect(connection.query("select 1", undefined, { timeoutMs: 30_000 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      retryable: true,
      message: expect.stringContaining("30000"),
    });
    await connection.close();
    expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
    expect(runtime.sleeping).toEqual([]);
  });
});

describe("a statement whose answer is lost", () => {
  const lose = (gateway: FakeGateway) => {
    gateway.intercept = (rpc) =>
      rpc === "executeStatement" ? Promise.reject(new TypeError("connection reset")) : undefined;
  };

  it.each([
    ["reads only, by its words", "select 1", {}, "RESULT_INTERRUPTED", true],
    ["writes", "insert into t values (1)", {}, "SUBMISSION_UNKNOWN", false],
    ["reads only, by its caller's word", "call report()", { readOnly: true }, "RESULT_INTERRUPTED", true],
    ["may write, by its caller's word", "select next_id()", { readOnly: false }, "SUBMISSION_UNKNOWN", false],
  ])("may be run again only if it %s", async (_what, statement, options, code, retryable) => {
    const { gateway, connection } = openConnection();
    lose(gateway);
    await expect(connection.query(statement, undefined, options)).rejects.toMatchObject({ code, retryable });
    await connection.close();
  });
});
