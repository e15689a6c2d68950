import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { type Intercept, trailersOnly } from "../test/fake-gateway.ts";
import { numbersIn } from "../test/losing-query.ts";
import { openNumbered, upTo } from "../test/numbered-query.ts";
import { passTime } from "../test/pass-time.ts";

const unreachable = () => trailersOnly(Code.Unavailable, "", { "x-e6-reason": "NO_HEALTHY_UPSTREAM" });
const lost = () => Promise.reject<Response>(new TypeError("connection reset"));
/** What becomes of the call during which a stack goes down. */
const ends: Readonly<Record<string, () => Response | Promise<Response>>> = {
  unreachable,
  reset: () => trailersOnly(Code.Unavailable, "", { "x-e6-reason": "UPSTREAM_RESET" }),
  lost,
  limited: () => trailersOnly(Code.Unavailable, "", { "x-e6-reason": "OVERLOADED" }),
};
/** Half of the time that there is for recovery: many more tries fit into it than a query has. */
const outageMs = 30_000;

/**
 * A connection that has worked on blue, which goes down at the next call of an RPC and comes back without its sessions. The other stack
 * refuses all the time.
 */
async function openFailing(rpc: string, end: () => Response | Promise<Response>) {
  const { gateway, runtime, connection } = openNumbered();
  const pass = <T>(work: Promise<T>) => passTime(runtime, work);
  await pass(connection.query("select c from t"));
  const sessions = gateway.calls.flatMap(({ sessionId }) => sessionId || []);
  let upAt: number | undefined;
  const answer: Intercept = async (name, stack, request) => {
    if (stack !== "blue" || (upAt === undefined && name !== rpc)) return undefined;
    if (upAt === undefined) {
      upAt = runtime.now() + outageMs;
      return await end();
    }
    if (runtime.now() < upAt) return unreachable();
    const body = await request.clone().text();
    return sessions.some((id) => body.includes(id)) ? trailersOnly(Code.Internal, "Access denied") : undefined;
  };
  gateway.intercept = answer;
  return { gateway, connection, pass };
}

const calls = ["prepareStatement", "executeStatement", "getResultMetadata", "getNextResultBatchV2"];
const cases = calls.flatMap((rpc) => Object.entries(ends).map(([how, end]) => ({ rpc, how, end })));

describe("a stack that is down for a while, the other one refusing", () => {
  it.each(cases)("is waited for by who reads: its $rpc is $how", async ({ rpc, end }) => {
    const { connection, pass } = await openFailing(rpc, end);
    const result = await pass(connection.query("select c from t"));
    expect(numbersIn(result.rows())).toEqual(upTo(0, 12));
    await pass(connection.close());
  });

  it.each(["unreachable", "limited"])("is waited for by who writes and was not heard: %s", async (how) => {
    const { gateway, connection, pass } = await openFailing("executeStatement", ends[how] ?? unreachable);
    const before = gateway.rpcsOf("blue").length;
    await pass(connection.query("insert into t values (1)"));
    expect(gateway.rpcsOf("blue").slice(before)).toContain("executeStatement");
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "executeStatement")).toHaveLength(2);
    await pass(connection.close());
  });

  it("is not taken for one that never heard of a write, where it had accepted that", async () => {
    const { gateway, connection, pass } = await openFailing("getResultMetadata", unreachable);
    await expect(pass(connection.query("insert into t values (1)"))).rejects.toMatchObject({
      ...{ code: "RESULT_INTERRUPTED", retryable: false, rowsDelivered: 0 },
      cause: { code: "GATEWAY", reason: "NO_HEALTHY_UPSTREAM" },
    });
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "executeStatement")).toHaveLength(2);
    await pass(connection.close());
  });

  it("may still have a query that only reads and cannot begin again", async () => {
    const { connection, pass } = await openFailing("getResultMetadata", unreachable);
    const query = await connection.submit("select c from t");
    query.handle();
    await expect(pass(query.result())).rejects.toMatchObject({ code: "GATEWAY", retryable: true, rowsDelivered: 0 });
    await pass(connection.close());
  });
});
