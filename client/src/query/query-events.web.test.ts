import { describe, expect, it } from "vitest";
import { longResult } from "../../test/long-result.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { openConnectionOn } from "../../test/open-connection.ts";
import { type Connection, type QueryEvent, queryEvents } from "../index.ts";

/** A connection whose queries have so many batches, one in each answer. */
function openLong(batches: number) {
  const open = openConnectionOn(createManualRuntime());
  open.gateway.result = longResult(batches);
  open.gateway.batchesInAnswer = 1;
  return open;
}

async function typesOf(events: AsyncIterable<QueryEvent>): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of events) types.push(type);
  return types;
}

const step = (type: string, rest: object = {}) => ({ type, elapsedMs: 0, ...rest }) as QueryEvent;

describe("queryEvents()", () => {
  it("hands out a query's life in a loop that ends with it", async () => {
    const { connection } = openLong(3);
    const events = queryEvents();
    const [result, types] = await Promise.all([
      connection.query("select c from t", undefined, { onEvent: events }),
      typesOf(events),
    ]);
    expect(result.rowCount).toBe(9);
    expect(types.filter((type) => type !== "fetching")).toEqual(["authenticating", "planning", "running", "done"]);
    expect(types.indexOf("fetching")).toBe(3);
    await connection.close();
  });

  it("gives who comes late, or is slow, the latest of each step and the last event", async () => {
    const { connection } = openLong(50);
    const events = queryEvents();
    await connection.query("select c from t", undefined, { onEvent: events });
    const seen: QueryEvent[] = [];
    for await (const event of events) seen.push(event);
    expect(seen.map(({ type }) => type)).toEqual(["authenticating", "planning", "running", "fetching", "done"]);
    expect(seen[3]).toMatchObject({ batch: 50, rows: 150 });
    await connection.close();
  });

  it("keeps no more than so many, and the last of them, whatever comes", async () => {
    const events = queryEvents();
    for (let turn = 0; turn < 10_000; turn++) events(step(turn % 2 === 0 ? "planning" : "authenticating"));
    events(step("failed"));
    events(step("planning"));
    const types = await typesOf(events);
    expect(types).toHaveLength(32);
    expect(types.at(-1)).toBe("failed");
    expect(await typesOf(events)).toEqual([]);
  });

  it("waits for what comes, for several at a time", async () => {
    const events = queryEvents();
    const iterator = events[Symbol.asyncIterator]();
    const next = [iterator.next(), iterator.next(), iterator.next()];
    events(step("planning"));
    events(step("done", { rows: 1 }));
    const types = (await Promise.all(next)).map(({ value }) => value?.type);
    expect(types).toEqual(["planning", "done", undefined]);
  });

  it("is let go of by break: the query goes on, and nothing is kept", async () => {
    const { connection } = openLong(3);
    const events = queryEvents();
    const result = connection.query("select c from t", undefined, { onEvent: events });
    for await (const { type } of events) if (type === "planning") break;
    expect((await result).rowCount).toBe(9);
    expect(await typesOf(events)).toEqual([]);
    await connection.close();
  });

  it("is let go of with all that waits in it", async () => {
    const events = queryEvents();
    for (const type of ["authenticating", "planning", "running"]) events(step(type));
    for await (const _event of events) break;
    expect(await typesOf(events)).toEqual([]);
  });

  it("ends who still waits when it is let go of", async () => {
    const iterator = queryEvents()[Symbol.asyncIterator]();
    const waiting = iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  type Ask = (connection: Connection, onEvent: (event: QueryEvent) => void) => Promise<unknown>;
  const refused: Record<string, Ask> = {
    "a wrong option": (connection, onEvent) => connection.query("select 1", undefined, { onEvent, timeoutMs: -1 }),
    "an unknown option": (connection, onEvent) => connection.stream("select 1", undefined, { onEvent, o: 1 } as object),
    "a blank statement": (connection, onEvent) => connection.submit("", undefined, { onEvent }),
    "a value without a type": (connection, onEvent) => connection.query("select ?", [undefined as never], { onEvent }),
    "no handle": (connection, onEvent) => connection.attach({} as never, { onEvent }),
    "a cursor that is closed": async (connection, onEvent) => {
      const cursor = connection.cursor();
      await cursor.close();
      await cursor.execute("select 1", undefined, { onEvent });
    },
    "a cursor that is busy": async (connection, onEvent) => {
      const cursor = connection.cursor();
      const first = cursor.execute("select 1");
      await cursor.execute("select 1", undefined, { onEvent }).finally(() => first);
    },
    "a connection that is closed": async (connection, onEvent) => {
      await connection.close();
      await connection.query("select 1", undefined, { onEvent });
    },
    "a deadline that has passed": (connection, onEvent) =>
      connection.query("select 1", undefined, { onEvent, deadline: new Date(0) }),
    "a stack that is not there": (connection, onEvent) =>
      connection.attach(
        { version: 1, queryId: "q", engineIP: "", strategy: "green", readOnly: true, rowsDelivered: 0 },
        { onEvent },
      ),
  };
  it.each(Object.entries(refused))("ends, with one event of the refusal, for %s", async (_what, ask) => {
    const { connection } = openLong(1);
    const heard: QueryEvent[] = [];
    const events = queryEvents();
    const onEvent = (event: QueryEvent) => {
      heard.push(event);
      events(event);
    };
    const outcome = ask(connection, onEvent).catch((error: unknown) => error);
    expect((await typesOf(events)).at(-1)).toMatch(/^(failed|cancelled)$/);
    expect(heard.filter(({ type }) => type === "failed" || type === "cancelled")).toHaveLength(1);
    const [last] = heard.slice(-1);
    if (last?.type === "failed") expect(last.error).toMatchObject({ code: ((await outcome) as { code: string }).code });
    await connection.close();
  });
});
