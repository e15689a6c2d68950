import { strategies } from "e6data-web/headers";
import type { Board, Panel, Query, Section } from "./grafana.ts";

/** Every series of the gateways that were chosen at the top of the board. */
const chosen = 'job=~"$job", instance=~"$instance"';

function select(metric: string, labels = ""): string {
  return `${metric}{${chosen}${labels && `, ${labels}`}}`;
}

function perSecond(metric: string, labels = ""): string {
  return `rate(${select(metric, labels)}[$__rate_interval])`;
}

function quantile(q: number, by: string, labels: string): string {
  return `histogram_quantile(${q}, sum by (${by}, le) (${perSecond("envoy_e6_call_ms_bucket", labels)}))`;
}

function line(expr: string, legend: string): Query {
  return { expr, legend };
}

function stat(title: string, unit: string, expr: string, description: string): Panel {
  return { kind: "stat", title, unit, description, width: 4, queries: [line(expr, "")] };
}

function series(title: string, unit: string, width: number, queries: readonly Query[], description: string): Panel {
  return { kind: "timeseries", title, unit, width, queries, description };
}

/** A panel that is there once for each stack. */
function stackSeries(title: string, unit: string, queries: readonly Query[], description: string): Panel {
  return { ...series(`${title}, $strategy`, unit, 12, queries, description), isPerStack: true };
}

const stack = 'strategy="$strategy"';
const fetches = 'method=~"/QueryEngineService/getNextResultBatch(V2)?"';

const deployment: Section = {
  title: "Deployment",
  panels: [
    {
      ...stat("Gateways", "none", 'sum(up{job=~"$job"})', "How many gateways Prometheus reaches."),
      redBelow: 1,
    },
    {
      ...stat(
        "Versions of the routes",
        "none",
        `count(count_values("version", ${select("envoy_http_rds_version")}))`,
        "More than one for longer than a flip takes: gateways disagree on which stack is active.",
      ),
      redFrom: 2,
    },
    stat(
      "Last flip",
      "dateTimeFromNow",
      `max(${select("envoy_http_rds_config_reload_time_ms")})`,
      "When a gateway last took new routes.",
    ),
    series(
      "Calls by stack",
      "reqps",
      12,
      [line(`sum by (strategy) (${perSecond("envoy_e6_calls")})`, "{{strategy}}")],
      "Where calls go: at a flip new work changes its stack, and queries that run end where they began.",
    ),
    series(
      "Flips",
      "none",
      12,
      [
        line(
          `sum by (instance) (increase(${select("envoy_http_rds_config_reload")}[$__rate_interval]))`,
          "{{instance}}",
        ),
      ],
      "Changes of the routes that each gateway has taken.",
    ),
    {
      ...series(
        "Routes refused",
        "none",
        12,
        [
          line(
            `sum by (instance) (increase(${select("envoy_http_rds_update_rejected")}[$__rate_interval]))`,
            "{{instance}} rejected",
          ),
          line(
            `sum by (instance) (increase(${select("envoy_http_rds_update_failure")}[$__rate_interval]))`,
            "{{instance}} unreadable",
          ),
        ],
        "Route files that a gateway has turned down; it goes on with the former ones.",
      ),
      redFrom: 1,
    },
  ],
};

const active = select("envoy_cluster_upstream_rq_active", stack);

const stacksSideBySide: Section = {
  title: "Stacks, side by side",
  panels: [
    stackSeries(
      "How calls end",
      "reqps",
      [
        line(
          `sum by (outcome, grpc_status) (${perSecond("envoy_e6_calls", `${stack}, http_status!~"456|503"`)})`,
          "{{outcome}} {{grpc_status}}",
        ),
      ],
      "Answered with a gRPC status, of which 0 is good; failed, by the stack or the connection to it; or abandoned by its caller.",
    ),
    stackSeries(
      "Turned away",
      "reqps",
      [
        line(`sum(${perSecond("envoy_e6_calls", `${stack}, http_status="456"`)})`, "456, not the active stack"),
        line(`sum(${perSecond("envoy_e6_calls", `${stack}, http_status="503"`)})`, "503, suspended"),
      ],
      "456 for a short time after a flip is ordinary: each client finds out once.",
    ),
    stackSeries(
      "Duration of fetches",
      "ms",
      [
        line(quantile(0.5, "strategy", `${stack}, ${fetches}`), "p50"),
        line(quantile(0.99, "strategy", `${stack}, ${fetches}`), "p99"),
      ],
      "Until the answer begins: how long it is read is the caller's affair. Fetches alone: a prepare may take ten minutes by right.",
    ),
    stackSeries(
      "p99 by method",
      "ms",
      [line(quantile(0.99, "method", stack), "{{method}}")],
      "One call in a hundred of each method is answered after this time or later.",
    ),
    stackSeries(
      "In flight",
      "none",
      [
        line(`sum(${active})`, "calls"),
        line(`sum(${select("envoy_cluster_upstream_rq_pending_active", stack)})`, "waiting for a connection"),
      ],
      "After a flip the old stack's line falls to 0 as its queries end.",
    ),
    {
      ...stackSeries(
        "Room used",
        "percentunit",
        [
          line(
            `max by (instance) (${active} / (${active} + ${select("envoy_cluster_circuit_breakers_default_remaining_rq", stack)}))`,
            "{{instance}}",
          ),
        ],
        "Calls in flight, of those that are allowed. At 100 % further ones are refused with OVERLOADED.",
      ),
      redFrom: 0.8,
    },
    stackSeries(
      "Connections",
      "none",
      [
        line(`sum(${select("envoy_cluster_upstream_cx_active", stack)})`, "open"),
        line(`sum(increase(${select("envoy_cluster_upstream_cx_connect_fail", stack)}[$__rate_interval]))`, "failed"),
        line(`sum(${select("envoy_cluster_membership_healthy", stack)})`, "healthy addresses"),
      ],
      "From the gateways to the stack.",
    ),
    stackSeries(
      "Bytes from the stack",
      "Bps",
      [line(`sum(${perSecond("envoy_cluster_upstream_cx_rx_bytes_total", stack)})`, "received")],
      "What the stack sends, results for the most part.",
    ),
  ],
};

const gateway = 'envoy_http_conn_manager_prefix="gateway"';

const callers: Section = {
  title: "Callers",
  panels: [
    series(
      "The gateway's own answers, by reason",
      "reqps",
      12,
      [line(`sum by (reason) (${perSecond("envoy_e6_answers", 'reason!=""')})`, "{{reason}}")],
      "What x-e6-reason told callers; each reason is explained in docs/errors.md.",
    ),
    series(
      "Answers by HTTP status",
      "reqps",
      12,
      [line(`sum by (http_status) (${perSecond("envoy_e6_answers")})`, "{{http_status}}")],
      "Callers of gRPC-Web get 200 whatever happens; other statuses are those of native callers, of pages' preflights, and of who speaks no gRPC.",
    ),
    series(
      "Calls in flight",
      "none",
      12,
      [line(`sum by (instance) (${select("envoy_http_downstream_rq_active", gateway)})`, "{{instance}}")],
      "As callers see them, by gateway.",
    ),
    series(
      "Connections",
      "none",
      12,
      [line(`sum by (instance) (${select("envoy_http_downstream_cx_active", gateway)})`, "{{instance}}")],
      "Of callers, by gateway.",
    ),
    series(
      "Pages of origins that are not allowed",
      "reqps",
      12,
      [line(`sum by (instance) (${perSecond("envoy_http_cors_origin_invalid", gateway)})`, "{{instance}}")],
      "Calls of pages that may not read the answer.",
    ),
    series(
      "Bytes to callers",
      "Bps",
      12,
      [line(`sum by (instance) (${perSecond("envoy_http_downstream_cx_tx_bytes_total", gateway)})`, "{{instance}}")],
      "Sent, by gateway.",
    ),
  ],
};

const envoy: Section = {
  title: "Envoy",
  panels: [
    {
      ...series(
        "Errors of the Lua filters",
        "none",
        8,
        [
          line(
            `sum by (instance, filter) (increase(${select("envoy_http_lua_errors")}[$__rate_interval]))`,
            "{{instance}} {{filter}}",
          ),
        ],
        "Must stay at 0: Envoy lets a call pass whose filter failed.",
      ),
      redFrom: 1,
    },
    {
      ...series(
        "Circuit breakers open",
        "none",
        8,
        [
          line(
            `sum by (instance, strategy) (${select("envoy_cluster_circuit_breakers_default_rq_open", 'strategy!=""')})`,
            "{{instance}} {{strategy}}",
          ),
        ],
        "1 where a stack has as many calls in flight as are allowed.",
      ),
      redFrom: 1,
    },
    series(
      "Memory",
      "bytes",
      8,
      [
        line(select("envoy_server_memory_allocated"), "{{instance}} allocated"),
        line(select("envoy_server_memory_physical_size"), "{{instance}} physical"),
      ],
      "Rises with slow readers of large results and with connections.",
    ),
    {
      ...stat(
        "Days to the first certificate's end",
        "none",
        `min(${select("envoy_server_days_until_first_cert_expiring")})`,
        "Of all that Envoy has loaded. A number beyond four billion: it has loaded none.",
      ),
      redBelow: 21,
    },
    {
      ...stat(
        "Connections used",
        "percent",
        `max(${select("envoy_overload_envoy_resource_monitors_global_downstream_max_connections_pressure")})`,
        "Of those that a gateway allows, on the one that has the most.",
      ),
      redFrom: 80,
    },
    series(
      "Uptime",
      "s",
      16,
      [line(select("envoy_server_uptime"), "{{instance}}")],
      "A fall is a restart, which broke the calls in flight.",
    ),
  ],
};

/** The board that a deployment is watched on. */
export const board: Board = {
  uid: "e6data-gateway",
  title: "e6data gateway",
  description: "Two stacks of an engine behind the gateway: what is called where, how it ends, and how the gateway is.",
  variables: [
    { name: "job", title: "Job", query: "label_values(envoy_server_live, job)" },
    { name: "instance", title: "Gateway", query: 'label_values(envoy_server_live{job=~"$job"}, instance)' },
  ],
  stacks: strategies,
  sections: [deployment, stacksSideBySide, callers, envoy],
};
