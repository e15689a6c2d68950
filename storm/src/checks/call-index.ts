import type { CallRecord } from "@e6data-web/mock";
import type { PhaseFacts } from "../facts.ts";
import type { Outcome } from "../page/told.ts";

/** The calls of a phase, by what they were about; each list in the order of arrival. */
export interface CallIndex {
  /** By the trace id that went with them: all that was called for a job, its restarts among it. */
  readonly ofJob: (outcome: Outcome) => readonly CallRecord[];
  /** By the engine's id of the query. */
  readonly queries: ReadonlyMap<string, readonly CallRecord[]>;
}

/** Sorts the calls of a phase. */
export function indexCalls(calls: readonly CallRecord[]): CallIndex {
  const jobs = Map.groupBy(calls, traceOf);
  const queries = Map.groupBy(calls, ({ query }) => query ?? "");
  queries.delete("");
  return { ofJob: ({ trace }) => jobs.get(trace) ?? [], queries };
}

/** The trace id that went with a call; empty where none did. */
export function traceOf({ traceParent = "" }: CallRecord): string {
  return traceParent.slice(3, 35);
}

/** True for the calls that end a query: they are no part of its work. */
export function isEnding({ rpc }: CallRecord): boolean {
  return rpc === "clear" || rpc === "cancelQuery";
}

/** True for the calls that begin a query. */
export function isPrepare({ rpc }: CallRecord): boolean {
  return rpc.startsWith("prepareStatement");
}

/** True for the calls that run a statement. */
export function isExecute({ rpc }: CallRecord): boolean {
  return rpc.startsWith("executeStatement");
}

/** True where the caller has no whole answer. */
export function isLost({ outcome }: CallRecord): boolean {
  return outcome.kind === "cut" || outcome.kind === "left" || outcome.kind === "pending";
}

/** True where the engine may have worked on the call: it was not refused, nor lost on its way there. */
export function mayHaveRun(call: CallRecord): boolean {
  const { outcome, fault } = call;
  if (outcome.kind === "grpc") return outcome.status === "OK";
  return isLost(call) && !(outcome.kind === "cut" && fault?.form?.endsWith("-before"));
}

/**
 * The recorded cause by which a job's query was lost, in words; nothing where there is none: then the client gave up what was there.
 */
export function lossOf(facts: PhaseFacts, outcome: Outcome, calls: readonly CallRecord[]): string | undefined {
  const last = calls.findLast((call) => !isEnding(call));
  if (last !== undefined && isLost(last)) return `${last.rpc} was ${last.outcome.kind}`;
  if (last?.outcome.kind === "http") return `${last.rpc} was refused with ${last.outcome.status}`;
  const [from, to] = [outcome.begunAt, outcome.begunAt + outcome.tookMs];
  const { stack = outcome.strategy } = last ?? {};
  if (facts.lostStacks.some((lost) => lost.stack === stack && lost.from <= to && lost.to >= from)) return "stack down";
  const isDenied = last?.outcome.kind === "grpc" && last.outcome.status === "INTERNAL";
  if (isDenied && facts.expiries.some((at) => at >= from && at <= to)) return "session expired";
  const cuts = facts.calls.filter(({ fault, ...call }) => fault?.form?.startsWith("drop") && call.stack === stack);
  // A call that was on its way when its connection was cut reaches no stack.
  return cuts.some(({ time }) => time >= from && time <= to) ? "connection dropped" : undefined;
}
