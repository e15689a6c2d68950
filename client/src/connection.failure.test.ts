import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../test/fake-gateway.ts";
import { openConnection, secret, threeFives } from "../test/open-connection.ts";

describe("Connection.query() that fails", () => {
  it.each([
    ["prepareStatement", false],
    ["executeStatement", true],
    ["getResultMetadata", true],
    ["getNextResultBatch", true],
  ])("reports an SQL error of %s in the engine's words, and clears what was prepared", async (rpc, clears) => {
    const { gateway, connection } = openConnection();
    gateway.intercept = (name) => (name === rpc ? trailersOnly(Code.Internal, "Parser Error: status: 456") : undefined);
    await expect(connection.query("selct 1")).rejects.toMatchObject({
      code: "SQL_ERROR",
      message: "Parser Error: status: 456",
      retryable: false,
      strategy: "blue",
      ...(clears ? { queryId: "blue-query-2" } : {}),
    });
    await connection.close();
    expect(gateway.rpcsOf("blue").includes("clear")).toBe(clears);
    expect(gateway.rpcsOf("green")).toEqual([]);
  });

  it("says where in the statement the engine found the error", async () => {
    const { gateway, connection } = openConnection();
    const text = "Parser Error: syntax error\n\nLINE 1: select selct\n               ^";
    gateway.intercept = (rpc) => (rpc === "prepareStatement" ? trailersOnly(Code.Internal, text) : undefined);
    await expect(connection.query("select selct")).rejects.toMatchObject({
      message: text,
      position: { line: 1, column: 8 },
    });
    await connection.close();
  });

  it("reports its first error, whatever clear answers", async () => {
    const { gateway, connection } = openConnection();
    gateway.intercept = (rpc) =>
      rpc === "getResultMetadata" || rpc === "clear" ? trailersOnly(Code.Internal, `${rpc} failed`) : undefined;
    await expect(connection.query("select 1")).rejects.toMatchObject({ message: "getResultMetadata failed" });
    await connection.close();
  });

  it("answers although clear fails", async () => {
    const { gateway, connection } = openConnection();
    gateway.intercept = (rpc) => (rpc === "clear" ? refusal("green") : undefined);
    expect((await connection.query("select 1")).rowCount).toBe(3);
    await connection.close();
  });

  it("says that fewer rows came than were announced", async () => {
    const { gateway, connection } = openConnection();
    gateway.result = { ...threeFives.result, batches: [] };
    await expect(connection.query("select 1")).rejects.toMatchObject({
      code: "RESULT_INCOMPLETE",
      message: "the engine announced 3 rows and sent 0",
      queryId: "blue-query-2",
    });
  });

  it("says that more rows came than were announced", async () => {
    const { gateway, connection } = openConnection();
    gateway.result = { ...threeFives.result, batches: [...threeFives.result.batches, ...threeFives.result.batches] };
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "MALFORMED_RESULT" });
  });

  it("is complete when the stack goes after the last row", async () => {
    const { gateway, connection } = openConnection();
    let fetches = 0;
    gateway.intercept = (rpc) => (rpc === "getNextResultBatch" && ++fetches === 2 ? refusal("green") : undefined);
    expect((await connection.query("select 1")).rowCount).toBe(3);
    await connection.close();
  });

  it.each([
    ["the stack", () => refusal("green")],
    ["the session", () => trailersOnly(Code.Internal, "Access denied")],
    ["the connection", () => Promise.reject(new TypeError("connection reset"))],
  ])(
    "is interrupted when %s goes in mid-result of what may write, and fetches nothing twice",
    async (_what, answer) => {
      const { gateway, connection } = openConnection();
      let fetches = 0;
      gateway.intercept = (rpc) => {
        if (rpc !== "getNextResultBatch") {
          return undefined;
        }
        fetches++;
        return answer();
      };
      await expect(connection.query("select 1", undefined, { readOnly: false })).rejects.toMatchObject({
        code: "RESULT_INTERRUPTED",
        queryId: "blue-query-2",
        strategy: "blue",
        rowsDelivered: 0,
        retryable: false,
      });
      expect(fetches).toBe(1);
      await connection.close();
    },
  );

  it.each([
    ["lost", () => Promise.reject(new TypeError("connection reset"))],
    ["reset", () => trailersOnly(Code.Unavailable, "reset", { "x-e6-reason": "UPSTREAM_RESET" })],
  ])("does not know whether a statement ran whose answer was %s, and does not run it twice", async (_what, answer) => {
    const { gateway, connection } = openConnection();
    let executions = 0;
    gateway.intercept = (rpc) => {
      if (rpc !== "executeStatement") {
        return undefined;
      }
      executions++;
      return answer();
    };
    await expect(connection.query("insert into t values (1)")).rejects.toMatchObject({
      code: "SUBMISSION_UNKNOWN",
      retryable: false,
    });
    expect(executions).toBe(1);
    await connection.close();
  });

  it("says that an answer is larger than the limit", async () => {
    const { connection } = openConnection({ maxMessageBytes: 60 });
    await expect(connection.query("select 1")).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      message: 'the answer is larger than "maxMessageBytes"',
    });
    await connection.close();
  });

  it("puts no credentials into its errors", async () => {
    const { gateway, connection } = openConnection();
    gateway.intercept = () => Promise.reject(new TypeError("fetch failed"));
    const error: unknown = await connection.query("select 1").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(error) + String(error)).not.toContain(secret);
  });
});
