import type { Strategy } from "e6data-web/headers";
import type { CallClass } from "e6data-web/proto";
import { type GrpcStatus, grpcStatuses } from "../config/watch.ts";
import { rpcs } from "../rpc.ts";
import type { Counts } from "./counts.ts";
import type { Series } from "./exposition.ts";
import type { Histogram } from "./histogram.ts";
import type { StackTally } from "./stack-tally.ts";

/** What has become of a call that was given to a stack. */
type Outcome = "good" | "error" | "mismatch" | "suspended" | "abandoned";

/** Calls, by {@link Outcome}, as `src/observability/statistics.ts` has Envoy count them. */
const callsName = "envoy_e6_calls";
/** How long it took until those answers began that were good. */
const latencyName = "envoy_e6_call_ms_bucket";
/** Calls that went nowhere, since no address of the stack was healthy. */
const unservedName = "envoy_cluster_upstream_cx_none_healthy";
/** Calls that were tried again after no address could be reached: each of their tries is counted among the calls. */
const retriesName = "envoy_cluster_upstream_rq_retry";

/** The statistics that {@link readTally} needs, as a regular expression over Envoy's names for them. */
export const tallyFilter =
  "^e6\\.(calls|call_ms)\\.|^cluster\\.e6_(blue|green)\\.(upstream_cx_none_healthy|upstream_rq_retry)$|^server\\.uptime$";

/** Reads off counts what a stack did. */
export function readTally(counts: Counts, stack: Strategy, errorStatuses: readonly GrpcStatus[]): StackTally {
  const own = [...counts.values()].filter(({ labels }) => labels.get("strategy") === stack);
  const sum = (series: readonly Series[]) => series.reduce((total, { value }) => total + value, 0);
  const named = (name: string) => own.filter((series) => series.name === name);
  const outcomes = Map.groupBy(named(callsName), ({ labels }) => outcomeOf(labels, errorStatuses));
  const of = (outcome: Outcome) => sum(outcomes.get(outcome) ?? []);
  // Only what could not be reached is tried again, and so is an error where it is not the last try.
  const errors = Math.max(0, of("error") + sum(named(unservedName)) - sum(named(retriesName)));
  return {
    calls: of("good") + of("mismatch") + of("suspended") + errors,
    mismatches: of("mismatch"),
    suspended: of("suspended"),
    errors,
    abandoned: of("abandoned"),
    latency: { new: latency(named(latencyName), "new"), continue: latency(named(latencyName), "continue") },
  };
}

const classes: ReadonlyMap<string, CallClass> = new Map(rpcs.map((rpc) => [rpc.path, rpc.callClass]));

/** What a call was to the stack. Envoy knows who ended it, and the answer says the rest. */
function outcomeOf(labels: ReadonlyMap<string, string>, errorStatuses: readonly GrpcStatus[]): Outcome {
  switch (labels.get("outcome")) {
    case "abandoned":
      return "abandoned";
    case "answered":
      return answerOf(labels, errorStatuses);
    default:
      return "error";
  }
}

function answerOf(labels: ReadonlyMap<string, string>, errorStatuses: readonly GrpcStatus[]): Outcome {
  switch (labels.get("http_status")) {
    case "200": {
      const status = grpcStatuses[Number(labels.get("grpc_status") || "-")];
      return status !== undefined && !errorStatuses.includes(status) ? "good" : "error";
    }
    case "456":
      return "mismatch";
    case "503":
      return "suspended";
    default:
      return "error";
  }
}

/** The histograms of every method of a class together. */
function latency(buckets: readonly Series[], callClass: CallClass): Histogram {
  const counts = new Map<number, number>();
  for (const { labels, value } of buckets) {
    if (classes.get(labels.get("method") ?? "") === callClass) {
      const upTo = labels.get("le") === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.get("le"));
      counts.set(upTo, (counts.get(upTo) ?? 0) + value);
    }
  }
  return [...counts].map(([upTo, count]) => ({ upTo, count })).toSorted((one, other) => one.upTo - other.upTo);
}
