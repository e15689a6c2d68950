import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { openConnection } from "../../test/open-connection.ts";
import { sql } from "../sql/sql-template.ts";

const two = [
  { index: 0, type: "LONG", value: "" },
  { index: 1, type: "STRING", value: "" },
];

describe("Connection.parameters()", () => {
  it("tells the placeholders of a statement, which is prepared and given back but not run", async () => {
    const { gateway, connection } = openConnection({ catalog: "sample", schema: "tpch" });
    gateway.overrides.getDynamicParams = () => ({ params: two });
    expect(await connection.parameters("select ? || ?", { schema: "sales" })).toEqual([
      { index: 0, type: "LONG" },
      { index: 1, type: "STRING" },
    ]);
    await connection.close();
    expect(gateway.rpcsOf("blue")).toEqual(["authenticate", "prepareStatementV2", "getDynamicParams", "clear"]);
    const [, prepared, asked] = gateway.calls;
    expect(prepared?.message).toMatchObject({ catalog: "sample", schema: "sales", queryString: "select ? || ?" });
    expect(asked).toMatchObject({ queryId: expect.stringMatching(/^blue-query/), plannerIp: "blue-engine" });
    expect(gateway.openQueries.size).toBe(0);
  });

  it("asks for a statement of the template tag in the form that the engine sees", async () => {
    const { gateway, connection } = openConnection();
    gateway.overrides.getDynamicParams = () => ({ params: [] });
    await connection.parameters(sql`select ${1} as a`);
    await connection.close();
    expect(gateway.calls[1]?.message).toMatchObject({ queryString: "select ? as a" });
  });

  it("moves to the active stack where it must, and gives the query back where it fails", async () => {
    const { gateway, connection } = openConnection();
    gateway.overrides.getDynamicParams = () => {
      throw new ConnectError("Binder Error: no", Code.InvalidArgument);
    };
    await connection.query("select 1");
    gateway.active = "green";
    await expect(connection.parameters("select ?")).rejects.toMatchObject({ strategy: "green" });
    await connection.close();
    expect(gateway.rpcsOf("green")).toContain("clear");
    expect(gateway.openQueries.size).toBe(0);
  });

  it("leaves no query behind when its caller leaves", async () => {
    const { gateway, connection } = openConnection();
    const leaving = new AbortController();
    gateway.overrides.getDynamicParams = () => {
      leaving.abort();
      return new Promise(() => undefined);
    };
    await expect(connection.parameters("select ?", { signal: leaving.signal })).rejects.toMatchObject({
      code: "CANCELLED",
    });
    await connection.close();
    expect(gateway.openQueries.size).toBe(0);
  });

  it.each([
    ["a blank statement", " ", {}, "INVALID_PARAMETER"],
    ["an unknown option", "select ?", { tables: 1 }, "INVALID_OPTION"],
    ["a schema that is no text", "select ?", { schema: 1 }, "INVALID_OPTION"],
  ])("refuses %s before anything is sent", async (_what, statement, options: object, code) => {
    const { gateway, connection } = openConnection();
    await expect(connection.parameters(statement, options)).rejects.toMatchObject({ code });
    expect(gateway.calls).toEqual([]);
  });
});
