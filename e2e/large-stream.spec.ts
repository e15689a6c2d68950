import { expect } from "@playwright/test";
import { blockRows, type StreamProgress } from "./probe/read-stream.ts";
import { test } from "./support/fixtures.ts";
import { openPageMemory, type PageMemory } from "./support/page-memory.ts";
import type { Probe } from "./support/probe-page.ts";
import type { Road } from "./support/road.ts";

const rowCount = 10_000_000;
const sumOfIds = String((BigInt(rowCount) * BigInt(rowCount - 1)) / 2n);
const sqlOf = (rows: number) =>
  `SELECT range AS id, range * 0.5 AS half, 'name ' || range % 1000 AS name FROM range(${rows})`;
const sql = sqlOf(rowCount);
/** The engine makes all rows before it gives the first. */
const patience = { timeout: 60_000 };
const mostBytes = 64 * 1024 * 1024;

test.describe("a result of ten million rows", () => {
  test.describe.configure({ timeout: 180_000 });

  test("passes through a page, each row once, in memory that stays flat, also for a reader 100 times slower", async ({
    probe,
    road,
  }) => {
    const memory = await openPageMemory(probe.page);
    const idle = await memory.held();
    await probe.startReading({ url: road.gateway.url, sql, pauseMs: 0 });
    const fast = await watch(probe, memory, () => false);
    expect(fast.last).toMatchObject({ end: "all", rows: rowCount, sum: sumOfIds });
    // The samples are what is checked: enough of them have to fall into the reading.
    expect(fast.samples.length).toBeGreaterThan(10);
    expect(Math.max(...fast.samples) - idle).toBeLessThan(mostBytes);
    const rowsOfAnswer = rowCount / fetchesOf(road, fast.last);

    const pauseMs = (99 * fast.last.elapsedMs * blockRows) / rowCount;
    await probe.startReading({ url: road.gateway.url, sql, pauseMs });
    const slow = await watch(probe, memory, ({ rows }) => rows > 1.5 * rowsOfAnswer);
    expect(slow.last.end).toBeUndefined();
    expect(Math.max(...slow.samples) - idle).toBeLessThan(mostBytes);
    // An answer holds about 4 MiB of rows, and 8 MiB are read ahead: two answers beside the one that is read, and one on its way.
    expect(fetchesOf(road, slow.last) * rowsOfAnswer).toBeLessThan(slow.last.rows + 4 * rowsOfAnswer);
    await probe.abortReading();
    await expect.poll(async () => (await probe.readingProgress()).end).toBe("CANCELLED");
  });

  test("is stopped at the engine within one round trip of an abort", async ({ probe, road }) => {
    // So long that a busy machine has not read it all before the abort.
    await probe.startReading({ url: road.gateway.url, sql, pauseMs: 0 });
    await expect.poll(async () => (await probe.readingProgress()).rows, patience).toBeGreaterThan(0);
    const { queryId } = await probe.readingProgress();
    const abortedAt = await probe.abortReading();
    await expect.poll(() => callsOf(road, queryId).at(-1)?.rpc).toBe("clear");
    const later = callsOf(road, queryId).filter(({ time }) => time >= abortedAt);
    const [fetches, rest] = [later.filter(isFetch), later.filter((call) => !isFetch(call))];
    // One fetch may have been on its way. Of those behind it the engine hears nothing more but the end.
    expect(fetches.length).toBeLessThanOrEqual(1);
    expect(rest.map(({ rpc }) => rpc)).toEqual(["cancelQuery", "clear"]);
    await expect.poll(async () => (await probe.readingProgress()).end).toBe("CANCELLED");
  });
});

/** The calls about a query in the mock's record, in their order. */
function callsOf(road: Road, queryId: string) {
  return road.mock.control.calls().filter(({ query }) => query === queryId);
}

function fetchesOf(road: Road, { queryId }: StreamProgress): number {
  return callsOf(road, queryId).filter(isFetch).length;
}

function isFetch({ rpc }: { readonly rpc: string }): boolean {
  return rpc.startsWith("getNextResultBatch");
}

/** Takes samples of the memory until the reading has ended, or is where a test wants it. */
async function watch(probe: Probe, memory: PageMemory, enough: (progress: StreamProgress) => boolean) {
  const samples: number[] = [];
  for (;;) {
    const last = await probe.readingProgress();
    if (enough(last) || last.end !== undefined) return { last, samples };
    samples.push(await memory.held());
  }
}
