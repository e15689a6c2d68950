import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { longResult } from "../../test/long-result.ts";
import { openNumbered } from "../../test/numbered-query.ts";
import { createGate } from "../../test/open-connection.ts";
import { passTime } from "../../test/pass-time.ts";
import { E6Error, type QueryStream } from "../index.ts";

const place = { queryId: "blue-query-2", strategy: "blue" };

/** The error that ends the reading of a stream, and how many rows came before it. */
async function readToFailure(stream: QueryStream): Promise<{ rows: number; error: unknown }> {
  let rows = 0;
  try {
    for await (const _row of stream) rows++;
  } catch (error) {
    return { rows, error };
  }
  throw new Error("the stream ended well");
}

describe("a failure while rows are read", () => {
  it.each([
    ["SQL_ERROR", () => trailersOnly(Code.Internal, "Out of Memory Error")],
    ["RESULT_INTERRUPTED", () => trailersOnly(Code.NotFound, "the query was given back")],
    ["RESULT_INTERRUPTED", () => refusal("green")],
    ["RESULT_INTERRUPTED", () => trailersOnly(Code.Internal, "Access denied")],
    ["RESULT_INTERRUPTED", () => Promise.reject(new TypeError("Failed to fetch"))],
    ["RESULT_INTERRUPTED", () => trailersOnly(Code.Unavailable, "", { "x-e6-reason": "RATE_LIMITED" })],
    ["RESULT_INTERRUPTED", () => trailersOnly(Code.Unavailable, "", { "x-e6-reason": "NO_HEALTHY_UPSTREAM" })],
    ["RESULT_INTERRUPTED", () => trailersOnly(Code.DeadlineExceeded, "")],
    ["CANCELLED", () => trailersOnly(Code.Canceled, "somebody cancelled it")],
  ])("says which query it was and how many rows were handed out: %s", async (code, answer) => {
    const { gateway, runtime, connection } = openNumbered();
    let fetches = 0;
    gateway.intercept = (rpc) => (rpc === "getNextResultBatchV2" && ++fetches >= 3 ? answer() : undefined);
    const { rows, error } = await passTime(runtime, readToFailure(await connection.stream("select 1")));
    expect(error).toMatchObject({ code, ...place, rowsDelivered: 6 });
    expect(rows).toBe(6);
    await connection.close();
  });

  it.each([
    ["RESULT_INCOMPLETE", { ...longResult(4), batches: longResult(2).batches }],
    ["MALFORMED_RESULT", { ...longResult(4), batches: [...longResult(2).batches, Uint8Array.of(1, 2, 3)] }],
    ["MALFORMED_RESULT", { ...longResult(2), batches: longResult(4).batches }],
  ])("says so of a result that is not what was announced: %s", async (code, result) => {
    const { gateway, connection } = openNumbered();
    gateway.result = result;
    const { error } = await readToFailure(await connection.stream("select 1"));
    expect(error).toMatchObject({ code, ...place, rowsDelivered: 6 });
    await connection.close();
  });

  it("counts row by row, and stays the same however often it is asked for", async () => {
    const { connection } = openNumbered();
    const controller = new AbortController();
    const stream = await connection.stream("select 1", undefined, { signal: controller.signal });
    const rows = stream[Symbol.asyncIterator]();
    for (let row = 0; row < 5; row++) await rows.next();
    controller.abort(new Error("left"));
    const error = await rows.next().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "CANCELLED", ...place, rowsDelivered: 5, cause: new Error("left") });
    await connection.close();
  });

  it("gives each query its own error, though one reason ends them all", async () => {
    const { connection } = openNumbered();
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const streams = [
      await connection.stream("select 1", undefined, options),
      await connection.stream("select 1", undefined, options),
    ];
    const reason = new E6Error("CANCELLED", "the page is left", { hint: "come back" });
    controller.abort(reason);
    const errors = await Promise.all(streams.map(async (stream) => (await readToFailure(stream)).error));
    expect(errors).toMatchObject([
      { message: "the page is left", hint: "come back", queryId: "blue-query-2" },
      { message: "the page is left", hint: "come back", queryId: "blue-query-3" },
    ]);
    expect(reason).not.toHaveProperty("queryId");
    await connection.close();
  });
});

describe("a failure before rows are read", () => {
  it.each(["executeStatement", "getResultMetadata"])("says which query was cancelled: %s", async (rpc) => {
    const { gateway, connection } = openNumbered();
    const controller = new AbortController();
    const reached = createGate();
    gateway.intercept = (name) => {
      if (name !== rpc) return undefined;
      reached.open();
      return new Promise<never>(() => undefined);
    };
    const query = connection.query("insert into t values (1)", undefined, { signal: controller.signal });
    const outcome = expect(query).rejects.toMatchObject({ code: "CANCELLED", ...place });
    await reached.passed;
    controller.abort();
    await outcome;
    await connection.close();
  });

  it("says which query was asked about", async () => {
    const { connection } = openNumbered();
    const query = await connection.submit("select 1");
    const signal = AbortSignal.abort();
    await expect(query.status({ signal })).rejects.toMatchObject({ code: "CANCELLED", ...place });
    await connection.close();
  });

  it("says which query the end of the connection has ended", async () => {
    const { connection } = openNumbered();
    const query = await connection.submit("select 1");
    await connection.close();
    await expect(query.result()).rejects.toMatchObject({ code: "CLOSED", ...place, rowsDelivered: 0 });
  });
});
