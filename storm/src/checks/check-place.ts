import type { CallRecord } from "@e6data-web/mock";
import type { Finding, PhaseFacts } from "../facts.ts";
import { type CallIndex, isEnding, isPrepare, traceOf } from "./call-index.ts";
import { describeCall } from "./describe-job.ts";

/**
 * From prepare to clear every call of a query goes to one stack, session and engine, and carries one trace. Only where the engine does not
 * know the session any more, another one of the same user gives the query back.
 */
export function checkPlace({ calls }: PhaseFacts, { queries }: CallIndex): Finding[] {
  const engines = new Map([...queries].map(([query, about]) => [query, about.filter((call) => !isPrepare(call))]));
  const ownCalls = new Map([...queries].map(([query, about]) => [query, untilDenied(about)]));
  return [
    ...scattered("a query's calls went to both stacks", queries, ({ stack }) => stack),
    ...scattered("a query's calls went by several sessions", ownCalls, ({ sessionKey }) => sessionKey),
    ...scattered("a query's calls belong to several jobs", queries, traceOf),
    ...scattered("a query's calls named several engines", engines, ({ plannerIp = "none" }) => plannerIp),
    ...calls
      .filter((call) => call.strategy !== call.stack)
      .map((call) => ({ rule: "a call reached another stack than it named", facts: describeCall(call) })),
  ];
}

/** The calls of a query, without those that give it back once its session was denied. */
function untilDenied(calls: readonly CallRecord[]): readonly CallRecord[] {
  const denied = calls.findIndex(({ outcome }) => outcome.kind === "grpc" && outcome.status === "INTERNAL");
  return calls.filter((call, i) => denied < 0 || i <= denied || !isEnding(call));
}

function scattered(
  rule: string,
  queries: ReadonlyMap<string, readonly CallRecord[]>,
  placeOf: (call: CallRecord) => string | undefined,
): Finding[] {
  return [...queries.values()]
    .filter((calls) => new Set(calls.map(placeOf).filter((place) => place !== undefined)).size > 1)
    .map((calls) => ({ rule, facts: calls.map(describeCall).join("\n") }));
}

/** How long a call may be on its way when its connection is cut: then no stack has it in its record. */
const onTheWayMs = 1000;

/** Every query that a tab has begun is given back: no tab holds one in the end, and the engine was told of each. */
export function checkPins(facts: PhaseFacts, { queries }: CallIndex): Finding[] {
  const held = facts.pins.flatMap((count, tab) =>
    count === 0 ? [] : [{ rule: "a tab still holds queries", facts: `tab ${tab}: ${count}` }],
  );
  const forgotten = [...queries.values()]
    .filter(
      (calls) => !calls.some(({ rpc }) => rpc === "clear") && calls.some(isAnsweredPrepare) && !isGone(facts, calls),
    )
    .map((calls) => ({ rule: "a query was never given back", facts: calls.map(describeCall).join("\n") }));
  return [...held, ...forgotten];
}

/** Whose answer was lost, has nothing to give back. */
function isAnsweredPrepare(call: CallRecord): boolean {
  return isPrepare(call) && call.outcome.kind === "grpc" && call.outcome.status === "OK";
}

/** True where the query's stack, or the connection to it, was lost after its last call. */
function isGone({ lostStacks, calls: all }: PhaseFacts, calls: readonly CallRecord[]): boolean {
  const { stack, time = 0 } = calls.at(-1) ?? {};
  return (
    lostStacks.some((lost) => lost.stack === stack && lost.to >= time) ||
    all.some(
      (call) =>
        call.stack === stack && call.fault?.form?.startsWith("drop") && Math.abs(call.time - time) <= onTheWayMs,
    )
  );
}
