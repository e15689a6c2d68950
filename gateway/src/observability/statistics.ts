import { headerReason } from "e6data-web/headers";
import { type Extension, typed } from "../envoy-config.ts";

/** An access logger that looks only at some calls. */
export interface FilteredLogger extends Extension {
  /** `envoy.config.accesslog.v3.AccessLogFilter`. */
  readonly filter?: object;
}

/** A tag of a statistic: its name, and Envoy's format of its value. */
interface Tag {
  readonly name: string;
  readonly value_format: string;
}

/** The stack, as its cluster's metadata has it. */
const strategy: Tag = { name: "strategy", value_format: "%METADATA(CLUSTER:e6:strategy)%" };
/** The RPC's path. Without its query, which is the caller's to choose; the routes match the rest exactly. */
const method: Tag = { name: "method", value_format: "%PATH(NQ:PATH)%" };
const httpStatus: Tag = { name: "http_status", value_format: "%RESPONSE_CODE%" };
const grpcStatus: Tag = { name: "grpc_status", value_format: "%GRPC_STATUS(NUMBER)%" };
const flags: Tag = { name: "flags", value_format: "%RESPONSE_FLAGS%" };

/**
 * How a call to a stack ended: with a whole answer (`answered`), by a fault of the stack or of the connection to it
 * (`failed`), or since its caller, or a time limit of the gateway, gave it up (`abandoned`): then no flag is set.
 */
const outcome = "%CEL(has(response.backend_latency) ? 'answered' : response.flags == 0 ? 'abandoned' : 'failed')%";

/**
 * Counts the calls to a stack, for the router's `upstream_log`, where the gRPC status still stands in the trailers:
 * `e6.calls`, each try by stack, method, outcome, gRPC status, HTTP status and response flags; and `e6.call_ms`, how
 * long good answers took to begin: an engine sends one when it is done, and how long it is read is the caller's affair.
 */
export function callStatistics(): readonly FilteredLogger[] {
  // A failure is often quick: counted too, it would make a stack that fails look fast.
  const time = {
    stat: { name: "call_ms", tags: [strategy, method] },
    unit: "Milliseconds",
    value_format: "%RESPONSE_DURATION%",
  };
  // A good status comes last: should a stack say it first and break off, the flags alone tell. To ask Envoy's expressions for the outcome takes
  // longer than all the rest of this.
  const good = statsLogger(
    { max_counters: 500, max_histograms: 500 },
    { counters: [calls("answered")], histograms: [time] },
  );
  const others = statsLogger({ max_counters: 5000 }, { counters: [calls(outcome)] });
  return [
    { ...good, filter: { grpc_status_filter: { statuses: ["OK"] } } },
    { ...others, filter: { grpc_status_filter: { statuses: ["OK"], exclude: true } } },
  ];
}

function calls(outcome: string): object {
  return counter("calls", [
    strategy,
    method,
    { name: "outcome", value_format: outcome },
    grpcStatus,
    httpStatus,
    flags,
  ]);
}

/**
 * Counts the answers that callers got, for the connection manager's log: `e6.answers` by the gateway's reason (empty
 * where it had nothing to say) and HTTP status.
 */
export function answerStatistics(): Extension {
  const reason: Tag = { name: "reason", value_format: `%RESP(${headerReason})%` };
  return statsLogger({ max_counters: 200 }, { counters: [counter("answers", [reason, httpStatus])] });
}

function counter(name: string, tags: readonly Tag[]): object {
  return { stat: { name, tags }, value_fixed: 1 };
}

/** Nothing that a caller sends can make new statistics; should a stack make too many, the ceiling is where they end. */
function statsLogger(ceiling: object, stats: object): Extension {
  return {
    name: "envoy.access_loggers.stats",
    typed_config: typed("envoy.extensions.access_loggers.stats.v3.Config", {
      stats_scope: { prefix: "e6", ...ceiling },
      ...stats,
    }),
  };
}

/**
 * Upper bounds of the histograms' buckets, in milliseconds: from the fastest answer to a quarter of an hour, since a
 * prepare may take ten minutes by right. Up to half a minute none is more than twice the one before: a new stack's times
 * are compared with the old one's by them.
 */
const latencyBuckets = [
  ...[1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 200, 300, 500, 700, 1000, 2000, 3000, 5000, 7000, 10_000],
  ...[20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000],
];

/** What of Envoy's own statistics is not made at all, as regular expressions: some two thirds, at which nobody looks. */
const unwanted: readonly string[] = [
  // Of the listener for Prometheus and of Envoy's own interface.
  "(http|listener)\\.(admin|metrics|async-client)\\..*",
  "cluster\\.e6_admin\\..*",
  // Each worker's own.
  ".*\\.worker_[0-9]+\\..*",
  // The same once more, or what this configuration does not use.
  "cluster\\.[^.]+\\.(external|internal|grpc-web)\\..*",
  "cluster\\.[^.]+\\.circuit_breakers\\.high\\..*",
  "cluster\\.[^.]+\\.(assignment|lb|update|original_dst|default_total)_.*",
  "cluster\\.[^.]+\\.outlier_detection\\.ejections_detected_.*",
  "cluster\\.[^.]+\\.outlier_detection\\.ejections_enforced_[^t].*",
  "cluster\\.[^.]+\\.upstream_(internal_redirect|flow_control)_.*",
  "http\\..*passthrough_internal_redirect_.*",
  "vhost\\..*\\.upstream_rq_(time|timeout|retry.*|completed|[0-9].*)",
  "(filesystem|runtime|main_thread|workers|thread_local_cluster_manager|dns)\\..*",
  // Histograms of what is no latency, and of how long connections lived.
  ".*http2\\.(header|cookie)_(count|size|list_size)",
  ".*_(cx_length_ms|rq_per_cx|per_socket_event|interval_delay)",
];

/** What a bootstrap says of statistics: their tags, the buckets of histograms, and what is left out. */
export const statsConfig = {
  stats_tags: [
    { tag_name: "strategy", regex: "^cluster\\.e6_((blue|green))\\." },
    { tag_name: "filter", regex: "^http\\.[^.]+\\.lua\\.(([^.]+)\\.)" },
  ],
  histogram_bucket_settings: [{ match: { safe_regex: { regex: ".*" } }, buckets: latencyBuckets }],
  stats_matcher: { exclusion_list: { patterns: unwanted.map((regex) => ({ safe_regex: { regex } })) } },
} as const;
