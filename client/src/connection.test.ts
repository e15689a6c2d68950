import { describe, expect, it, vi } from "vitest";
import { bearer, createGate, openConnection, secret, threeFives } from "../test/open-connection.ts";
import { vectorCase } from "../test/vectors.ts";
import { connect } from "./connection.ts";

describe("connect()", () => {
  it("sends nothing by itself", async () => {
    let calls = 0;
    const fetch = () => Promise.reject(new Error(`call ${++calls}`));
    const connection = connect({ url: "https://gateway.example.com", user: "ann", token: secret, fetch });
    await connection.close();
    expect(calls).toBe(0);
  });

  it("shows no credentials to JSON.stringify", () => {
    expect(JSON.stringify(openConnection().connection)).not.toContain(secret);
    expect(JSON.stringify(openConnection(bearer).connection)).not.toContain(secret);
  });
});

describe("Connection.query()", () => {
  it("signs in, prepares, executes, reads and clears", async () => {
    const { gateway, connection } = openConnection();
    const result = await connection.query("select c from t");
    expect(result.rows()).toEqual([[5n], [5n], [5n]]);
    expect(result).toMatchObject({
      rowCount: 3,
      fields: [{ name: "c", type: "LONG" }],
      queryId: "blue-query-2",
      strategy: "blue",
    });
    await connection.close();
    expect(gateway.rpcsOf("blue")).toEqual([
      "authenticate",
      "prepareStatement",
      "executeStatement",
      "getResultMetadata",
      "getNextResultBatchV2",
      "getNextResultBatch",
      "getNextResultBatch",
      "clear",
    ]);
  });

  it("pins every call about a query to one stack, session and engine", async () => {
    const { gateway, connection } = openConnection({ cluster: "Sales" });
    await connection.query("select c from t");
    await connection.close();
    expect(gateway.calls[1]).toMatchObject({ rpc: "prepareStatement", plannerIp: null, sessionId: "blue-session-1" });
    for (const call of gateway.calls.slice(2)) {
      expect(call).toMatchObject({
        stack: "blue",
        sessionId: "blue-session-1",
        plannerIp: "blue-engine",
        cluster: "sales",
        queryId: "blue-query-2",
      });
    }
  });

  it("prepares by V2 where a catalog is set", async () => {
    const { gateway, connection } = openConnection({ catalog: "sample" });
    const prepared: unknown[] = [];
    gateway.overrides.prepareStatementV2 = ({ catalog, schema, queryString }) => {
      prepared.push({ catalog, schema, queryString });
      return { queryId: "q", engineIP: "e" };
    };
    gateway.overrides.getNextResultBatch = () => ({});
    gateway.result = vectorCase("no-rows").result;
    await connection.query("select 1");
    expect(prepared).toEqual([{ catalog: "sample", schema: "", queryString: "select 1" }]);
    await connection.close();
  });

  it("signs in once for many queries at a time", async () => {
    const { gateway, connection } = openConnection();
    await Promise.all(Array.from({ length: 20 }, () => connection.query("select 1")));
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "authenticate")).toHaveLength(1);
    await connection.close();
  });

  it("takes a refreshed session id, and only in place of the one that was sent", async () => {
    const { gateway, connection } = openConnection();
    gateway.overrides.executeStatement = () => ({ sessionId: "refreshed" });
    gateway.overrides.getResultMetadata = () => ({ resultMetaData: threeFives.result.metadata, sessionId: "again" });
    await connection.query("select 1");
    await connection.close();
    const sent = gateway.calls.map(({ rpc, sessionId }) => `${rpc} ${sessionId}`);
    expect(sent.slice(2, 5)).toEqual([
      "executeStatement blue-session-1",
      "getResultMetadata refreshed",
      "getNextResultBatchV2 again",
    ]);
  });

  it.each(["", " \n", 1, undefined])("refuses %j as a statement before any call", async (sql) => {
    const { gateway, connection } = openConnection();
    // JavaScript callers pass what they like.
    await expect(connection.query(sql as string)).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
    expect(gateway.calls).toEqual([]);
  });

  it("refuses unknown options and a signal that is none", async () => {
    const { connection } = openConnection();
    const wrong = [{ signl: 1 }, { signal: "soon" }] as unknown as { signal?: AbortSignal }[];
    for (const options of wrong) {
      await expect(connection.query("select 1", undefined, options)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    }
  });
});

describe("Connection.query() with a signal", () => {
  it("cancels the query at the engine, then clears it", async () => {
    const { gateway, connection } = openConnection();
    const reason = new Error("the user left");
    const controller = new AbortController();
    gateway.intercept = (rpc) => {
      if (rpc !== "getResultMetadata") {
        return undefined;
      }
      controller.abort(reason);
      return new Promise<never>(() => undefined);
    };
    const query = connection.query("select 1", undefined, { signal: controller.signal });
    await expect(query).rejects.toMatchObject({ code: "CANCELLED", cause: reason });
    await connection.close();
    expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
  });

  it("tells a time that ran out from a cancellation", async () => {
    const { connection } = openConnection();
    const signal = AbortSignal.abort(new DOMException("too late", "TimeoutError"));
    await expect(connection.query("select 1", undefined, { signal })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
  });

  it("leaves a shared sign-in to the others who wait for it", async () => {
    const { gateway, connection } = openConnection();
    const gate = createGate();
    gateway.overrides.authenticate = async () => {
      await gate.passed;
      return { sessionId: "blue-session-1" };
    };
    const controller = new AbortController();
    const first = connection.query("select 1", undefined, { signal: controller.signal });
    const second = connection.query("select 1");
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: "CANCELLED" });
    gate.open();
    expect((await second).rowCount).toBe(3);
    await connection.close();
  });
});

describe("Connection and its host", () => {
  it("writes nothing anywhere, whatever happens: who wants a log asks for it", async () => {
    const written: string[] = [];
    const spies = (["debug", "info", "log", "warn", "error"] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => void written.push(level)),
    );
    const { gateway, connection } = openConnection();
    gateway.deliver = (response) => {
      response.headers.set("x-e6-new-strategy", "purple");
      return response;
    };
    await connection.query("select 1");
    gateway.active = "green";
    await connection.query("select 1");
    gateway.intercept = () => Promise.reject(new TypeError("fetch failed"));
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "NETWORK" });
    await connection.close();
    for (const spy of spies) spy.mockRestore();
    expect(written).toEqual([]);
  });
});

describe("Connection.close()", () => {
  it("ends running queries and refuses new ones", async () => {
    const { gateway, connection } = openConnection();
    const gate = createGate();
    gateway.intercept = (rpc) => {
      if (rpc !== "getResultMetadata") {
        return undefined;
      }
      gate.open();
      return new Promise<never>(() => undefined);
    };
    // A signal of its own does not shield a query from the end of its connection.
    const running = connection.query("select 1", undefined, { signal: new AbortController().signal });
    const outcome = expect(running).rejects.toMatchObject({ code: "CLOSED" });
    await gate.passed;
    await connection.close();
    await outcome;
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "CLOSED" });
    await connection.close();
    expect(gateway.rpcsOf("blue").slice(-2)).toEqual(["cancelQuery", "clear"]);
  });

  it("is what await using calls", async () => {
    const { gateway, connection } = openConnection();
    {
      await using used = connection;
      await used.query("select 1");
    }
    expect(gateway.rpcsOf("blue").at(-1)).toBe("clear");
  });
});
