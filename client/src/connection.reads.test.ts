import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { type FakeGateway, refusal, trailersOnly } from "../test/fake-gateway.ts";
import { numberedResult } from "../test/long-result.ts";
import { openTabs } from "../test/open-tabs.ts";
import { passTime } from "../test/pass-time.ts";

/** What may go while a query runs: how the call that comes upon it fails. */
const losses: Readonly<Record<string, (gateway: FakeGateway) => Response | Promise<Response>>> = {
  "its stack": (gateway) => {
    gateway.active = "green";
    gateway.intercept = (_rpc, stack) => (stack === "blue" ? refusal("green") : undefined);
    return refusal("green");
  },
  "its session": (gateway) => {
    gateway.intercept = (rpc) => {
      if (rpc === "authenticate") gateway.intercept = () => undefined;
      return rpc === "authenticate" ? undefined : trailersOnly(Code.Internal, "Access denied");
    };
    return trailersOnly(Code.Internal, "Access denied");
  },
  "an answer": () => Promise.reject(new TypeError("connection reset")),
};

const moments = [
  ["executeStatement", 0, 1],
  ["getResultMetadata", 0, 1],
  ["getNextResultBatch", 0, 2],
  ["getNextResultBatchV2", 1, 2],
] as const;

/** A connection on blue, one of whose later calls comes upon a loss. */
async function openLosing(rpc: string, batchesInAnswer: number, nth: number, lose: (typeof losses)[string]) {
  const opened = openTabs();
  const { gateway, query, rest } = opened;
  gateway.batchesInAnswer = batchesInAnswer;
  await query();
  await rest();
  gateway.result = numberedResult([2, 2, 2]);
  let calls = 0;
  gateway.intercept = (name) => (name === rpc && ++calls === nth ? lose(gateway) : undefined);
  return opened;
}

describe("a query that only reads", () => {
  it.each(
    Object.entries(losses).flatMap(([what, lose]) =>
      moments.map(([rpc, batchesInAnswer, nth]) => [what, rpc, batchesInAnswer, nth, lose] as const),
    ),
  )("answers each row once although %s is lost at its %s", async (_what, rpc, batchesInAnswer, nth, lose) => {
    const { gateway, runtime, tabs, query, rest, close } = await openLosing(rpc, batchesInAnswer, nth, lose);
    const result = await passTime(runtime, Promise.resolve(tabs[0]?.query("select c from t")));
    expect(result?.rows()).toEqual([0n, 1n, 2n, 3n, 4n, 5n].map((value) => [value]));
    await rest();
    const homes = new Map<string, Set<string>>();
    for (const { queryId, stack, sessionId } of gateway.calls) {
      if (queryId !== undefined) homes.set(queryId, (homes.get(queryId) ?? new Set()).add(`${stack} ${sessionId}`));
    }
    expect([...homes.values()].map(({ size }) => size)).toEqual(Array.from(homes, () => 1));
    gateway.intercept = () => undefined;
    expect(await query()).toBe(result?.strategy);
    await close();
  });

  it.each(Object.entries(losses))(
    "is interrupted, and not begun again, where rows of it were handed out before %s is lost",
    async (_what, lose) => {
      const { gateway, runtime, tabs, close } = await openLosing("getNextResultBatchV2", 1, 2, lose);
      const stream = await tabs[0]?.stream("select c from t", undefined, { prefetchBytes: 0 });
      const rows: unknown[] = [];
      const reading = (async () => {
        for await (const row of stream ?? []) rows.push(row);
      })();
      const interrupted = { code: "RESULT_INTERRUPTED", rowsDelivered: 2, retryable: true };
      await passTime(runtime, expect(reading).rejects.toMatchObject(interrupted));
      expect(rows).toEqual([[0n], [1n]]);
      // One for the query before it.
      expect(gateway.calls.filter(({ rpc }) => rpc === "executeStatement")).toHaveLength(2);
      await close();
    },
  );
});
