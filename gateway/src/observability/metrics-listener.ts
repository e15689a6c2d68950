import type { AdminSettings } from "../config/admin.ts";
import type { MetricsSettings } from "../config/observability.ts";
import {
  type Cluster,
  type Extension,
  type HeaderMatcher,
  type Listener,
  type Route,
  socketAddress,
  typed,
} from "../envoy-config.ts";

/** The listener's name, under which its bound port is found. */
export const metricsListenerName = "metrics";

/** What may be asked there: Prometheus' page, and whether Envoy takes calls. */
const metricsPaths = ["/stats/prometheus", "/ready"];

const adminClusterName = "e6_admin";

/**
 * A listener for Prometheus and for probes. It leads two paths of Envoy's own interface on, which stays on loopback;
 * anything else is answered with HTTP 404 here.
 */
export function metricsListener({ host, port }: MetricsSettings): Listener {
  return {
    name: metricsListenerName,
    address: socketAddress(host, port),
    enable_reuse_port: false,
    // A gateway that has too much to do can still be looked at.
    ignore_global_conn_limit: true,
    bypass_overload_manager: true,
    per_connection_buffer_limit_bytes: 64 * 1024,
    filter_chains: [{ filters: [connectionManager()] }],
  };
}

/** Envoy's own interface as a cluster of that listener. */
export function adminCluster({ host, port }: AdminSettings): Cluster {
  return {
    name: adminClusterName,
    type: "STATIC",
    connect_timeout: "1s",
    per_connection_buffer_limit_bytes: 64 * 1024,
    load_assignment: {
      cluster_name: adminClusterName,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(host, port) } }] }],
    },
  };
}

function connectionManager(): Extension {
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
      stat_prefix: metricsListenerName,
      request_headers_timeout: "5s",
      stream_idle_timeout: "15s",
      common_http_protocol_options: { idle_timeout: "300s" },
      max_request_headers_kb: 16,
      route_config: {
        name: metricsListenerName,
        virtual_hosts: [
          { name: metricsListenerName, domains: ["*"], routes: [...metricsPaths.map(adminRoute), nothing] },
        ],
      },
      http_filters: [
        {
          name: "envoy.filters.http.router",
          typed_config: typed("envoy.extensions.filters.http.router.v3.Router", {}),
        },
      ],
    }),
  };
}

const get: HeaderMatcher = { name: ":method", string_match: { exact: "GET" } };

function adminRoute(path: string): Route {
  return { name: path, match: { path, headers: [get] }, route: { cluster: adminClusterName, timeout: "10s" } };
}

const nothing = { name: "nothing", match: { prefix: "/" }, direct_response: { status: 404 } };
