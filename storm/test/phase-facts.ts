import type { CallRecord } from "@e6data-web/mock";
import type { PhaseFacts } from "../src/facts.ts";
import type { Outcome } from "../src/page/told.ts";

/** The trace id of the one job of {@link quietFacts}. */
export const trace = "0000000100000000000000070000002a";

/** A short query that ended well. */
export const shortQuery: Outcome = {
  ...{ tab: 0, trace, kind: "short", end: "ok", rows: 3, isExact: true, strategy: "blue", begunAt: 1000, tookMs: 50 },
};

/** A call of that job, answered well. */
export function callOf(number: number, rpc: string, given: Partial<CallRecord> = {}): CallRecord {
  return {
    ...{ number, rpc, time: 1000 + number, stack: "blue", strategy: "blue", class: "continue", user: "ada" },
    ...{ authorization: "absent", session: "a-session", sessionKey: "a-key", query: "a-query" },
    ...(rpc.startsWith("prepare") || rpc === "authenticate" ? {} : { plannerIp: "10.1.0.1" }),
    traceParent: `00-${trace}-0000000000000001-01`,
    outcome: { kind: "grpc", status: "OK" },
    ...given,
  };
}

/** The five calls of a short query. */
export const fiveCalls: readonly CallRecord[] = [
  "prepareStatement",
  "executeStatement",
  "getResultMetadata",
  "getNextResultBatchV2",
  "clear",
].map((rpc, i) => callOf(i + 1, rpc));

/** A phase of one short query in which nothing happened; and whatever is given instead. */
export function quietFacts(given: Partial<PhaseFacts> = {}): PhaseFacts {
  return {
    ...{ seed: 1, tabs: 1, jobs: 1, pacedTabs: 0, seconds: 1 },
    ...{
      outcomes: [shortQuery],
      calls: fiveCalls,
      events: [],
      flips: [],
      lostStacks: [],
      expiries: [],
      longTimers: [],
    },
    ...{ pins: [0], leaks: [], written: new Map(), textsScanned: { span: 1, log: 1, event: 1, message: 1, stored: 1 } },
    ...given,
  };
}
