import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { trailersOnly } from "../test/fake-gateway.ts";
import { longResult } from "../test/long-result.ts";
import { type OpenTabs, openTabs } from "../test/open-tabs.ts";
import { passTime } from "../test/pass-time.ts";
import type { Connection } from "./connection.ts";

/** What may become of a query, by how it ends. */
const ends: Readonly<Record<string, (connection: Connection, tabs: OpenTabs) => Promise<unknown>>> = {
  "its rows are read": (connection) => connection.query("select 1"),
  "its stream is read": async (connection) => {
    for await (const _row of await connection.stream("select 1"));
  },
  "its reader breaks off": async (connection) => {
    for await (const _row of await connection.stream("select 1")) break;
  },
  "its reader throws": async (connection) => {
    for await (const _row of await connection.stream("select 1")) throw new Error("reader");
  },
  "its stream is left by await using": async (connection) => {
    await using stream = await connection.stream("select 1");
    await stream[Symbol.asyncIterator]().next();
  },
  "it is aborted": async (connection) => {
    const controller = new AbortController();
    const stream = await connection.stream("select 1", undefined, { signal: controller.signal, prefetchBytes: 0 });
    controller.abort();
    for await (const _row of stream);
  },
  "it is aborted before it runs": (connection) =>
    connection.query("select 1", undefined, { signal: AbortSignal.abort() }),
  "it fails as it is prepared": async (connection, { gateway }) => {
    gateway.intercept = (rpc) => (rpc === "prepareStatement" ? trailersOnly(Code.Internal, "no") : undefined);
    await connection.query("selct 1");
  },
  "it fails as it is executed": async (connection, { gateway }) => {
    gateway.intercept = (rpc) => (rpc === "executeStatement" ? trailersOnly(Code.Internal, "no") : undefined);
    await connection.query("select 1");
  },
  "its columns cannot be had": async (connection, { gateway }) => {
    gateway.intercept = (rpc) => (rpc === "getResultMetadata" ? trailersOnly(Code.Internal, "no") : undefined);
    await connection.query("select 1");
  },
  "a batch is lost": async (connection, { gateway }) => {
    gateway.intercept = (rpc) => (rpc.startsWith("getNextResultBatch") ? Response.error() : undefined);
    await connection.query("select 1");
  },
  "neither cancel nor clear succeeds": async (connection, { gateway }) => {
    gateway.intercept = (rpc) => (/^(cancelQuery|clear)$/.test(rpc) ? new Response(null, { status: 500 }) : undefined);
    for await (const _row of await connection.stream("select 1")) break;
  },
  "it is submitted and cancelled": async (connection) => await (await connection.submit("select 1")).cancel(),
  "it is let go of": async (connection) => (await connection.submit("select 1")).detach(),
  "it is attached to, and read": async (connection) => {
    const submitted = await connection.submit("select 1");
    const handle = submitted.handle();
    submitted.detach();
    await (await connection.attach(handle)).result();
  },
  "it cannot be attached to": async (connection, { gateway }) => {
    const submitted = await connection.submit("select 1");
    const handle = submitted.handle();
    submitted.detach();
    gateway.intercept = (rpc) => (rpc === "status" ? trailersOnly(Code.NotFound, "gone") : undefined);
    await connection.attach(handle);
  },
  "its cursor is used again": async (connection) => {
    await using cursor = connection.cursor();
    await cursor.execute("select 1");
    await cursor.fetchOne();
    await cursor.execute("select 1");
  },
  "its parameters are asked for": (connection) => connection.parameters("select 1"),
};

async function openOnBlue() {
  const tabs = openTabs();
  const [connection] = tabs.tabs;
  if (connection === undefined) throw new Error("no tab");
  tabs.gateway.result = longResult(2);
  tabs.gateway.standby = "green";
  await tabs.query();
  await tabs.rest();
  /** Announces green, by no answer to any call. */
  const announce = async () => {
    const { epoch } = tabs.store.read();
    const news = { type: "announced", stack: "green", by: "header", from: "blue", pendingId: undefined } as const;
    tabs.store.dispatch({ ...news, newId: "p1", epoch, at: tabs.runtime.wallMs() });
    await tabs.rest();
  };
  return { ...tabs, connection, announce };
}

describe("Connection and its pins", () => {
  // A pin that is left would keep the switch back: no query ends or begins any more.
  it.each(Object.entries(ends))("holds nothing back once %s", async (_how, end) => {
    const tabs = await openOnBlue();
    await passTime(tabs.runtime, end(tabs.connection, tabs)).catch(() => undefined);
    await tabs.rest();
    await tabs.announce();
    expect(tabs.store.read().active).toBe("green");
    await tabs.close();
  });

  it("holds a switch back while a query runs, and makes it when that ends", async () => {
    const { gateway, connection, store, announce, rest, close } = await openOnBlue();
    const stream = await connection.stream("select 1", undefined, { prefetchBytes: 0 });
    gateway.target = "green";
    await announce();
    expect(store.read()).toMatchObject({ active: "blue", pending: { stack: "green" } });
    await stream.close();
    await rest();
    expect(store.read()).toMatchObject({ active: "green", pending: undefined });
    await close();
  });
});
