import { describe, expect, it } from "vitest";
import { openNumbered } from "../../test/numbered-query.ts";
import type { QueryHandle } from "../index.ts";

const sample = {
  version: 1,
  queryId: "q",
  engineIP: "10.0.0.1:9000",
  strategy: "blue",
  readOnly: true,
  rowsDelivered: 0,
} as const;

describe("Connection.attach() with what is no handle", () => {
  it.each([
    ["nothing", undefined, "handle"],
    ["null", null, "handle"],
    ["a text", "{}", "handle"],
    ["a list", [sample], "version"],
    ["no version", { ...sample, version: undefined }, "version"],
    ["a version that is no number", { ...sample, version: "1" }, "version"],
    ["no id", { ...sample, queryId: "" }, "queryId"],
    ["a long id", { ...sample, queryId: "q".repeat(1025) }, "queryId"],
    ["an id of two lines", { ...sample, queryId: "a\nb" }, "queryId"],
    ["an engine of two lines", { ...sample, engineIP: "a\r\nstrategy: green" }, "engineIP"],
    ["a long engine", { ...sample, engineIP: "e".repeat(1025) }, "engineIP"],
    ["no engine", { ...sample, engineIP: undefined }, "engineIP"],
    ["a stack that there is not", { ...sample, strategy: "red" }, "strategy"],
    ["a stack in capitals", { ...sample, strategy: "BLUE" }, "strategy"],
    ["readOnly as a text", { ...sample, readOnly: "yes" }, "readOnly"],
    ["half a row", { ...sample, rowsDelivered: 0.5 }, "rowsDelivered"],
    ["rows below zero", { ...sample, rowsDelivered: -1 }, "rowsDelivered"],
    ["more rows than can be counted", { ...sample, rowsDelivered: 2 ** 53 }, "rowsDelivered"],
    ["an empty session", { ...sample, sessionId: "" }, "sessionId"],
    ["inherited parts", Object.create(sample), "version"],
  ])("refuses %s before any call, by the part's name", async (_what, handle, named) => {
    const { gateway, connection } = openNumbered();
    const error = await connection.attach(handle as QueryHandle).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "INVALID_PARAMETER", message: expect.stringContaining(named) });
    expect(gateway.calls).toEqual([]);
    await connection.close();
  });

  it("takes one of another version for stale", async () => {
    const { gateway, connection } = openNumbered();
    await expect(connection.attach({ ...sample, version: 2 } as unknown as QueryHandle)).rejects.toMatchObject({
      code: "STALE_HANDLE",
      retryable: false,
    });
    expect(gateway.calls).toEqual([]);
    await connection.close();
  });

  it("refuses unknown options", async () => {
    const { connection } = openNumbered();
    await expect(connection.attach(sample, { readOnly: true } as object)).rejects.toMatchObject({
      code: "INVALID_OPTION",
    });
    await connection.close();
  });
});
