import { describe, expect, it } from "vitest";
import { openConnection } from "../../test/open-connection.ts";
import type { Connection } from "../index.ts";

const calls: Readonly<Record<string, (connection: Connection, options: never) => Promise<unknown>>> = {
  query: (connection, options) => connection.query("select 1", undefined, options),
  submit: (connection, options) => connection.submit("select 1", undefined, options),
  attach: (connection, options) => connection.attach({} as never, options),
  execute: (connection, options) => connection.cursor().execute("select 1", undefined, options),
  cursor: async (connection, options) => connection.cursor(options),
  tables: (connection, options) => connection.tables(options),
  resumeAndWait: (connection, options) => connection.cluster.resumeAndWait(options),
};

describe("options that are none", () => {
  it.each(Object.entries(calls))("are refused by name before any call: %s()", async (_name, call) => {
    const { gateway, connection } = openConnection();
    for (const options of [null, 5, "fast", () => undefined]) {
      await expect(call(connection, options as never)).rejects.toMatchObject({
        code: "INVALID_OPTION",
        message: expect.stringContaining('"options"'),
      });
    }
    expect(gateway.calls).toEqual([]);
    await connection.close();
  });
});
