import { clusters } from "./clusters.ts";
import type { AdminSettings } from "./config/admin.ts";
import type { LimitSettings } from "./config/limits.ts";
import type { GatewaySettings } from "./config/settings.ts";
import { type Bootstrap, type RouteConfiguration, type RouteSource, socketAddress, typed } from "./envoy-config.ts";
import { listener } from "./listener.ts";
import { adminCluster, metricsListener } from "./observability/metrics-listener.ts";
import { statsConfig } from "./observability/statistics.ts";
import { collectorCluster } from "./observability/tracing.ts";
import { routeTableName } from "./routes.ts";
import type { RunFiles } from "./run-files.ts";
import type { SecretSource } from "./tls-context.ts";

/** Paths of Envoy's own interface that may be asked. What changes or stops Envoy is not among them: any page of this machine could. */
const adminPaths = ["/ready", "/listeners", "/config_dump", "/clusters", "/certs", "/server_info"];

/** Statistics, with whatever is asked of them. Not what stands below them: `/stats/recentlookups/enable` has Envoy do more. */
const statsPaths = "/stats(/prometheus)?(\\?.*)?";

/** Paths with which a supervisor lets a gateway end gently. */
const drainPaths = ["/drain_listeners", "/healthcheck/fail"];

/** The static part: it stays as it is while the routes change. */
export function renderBootstrap(settings: GatewaySettings, files: RunFiles): Bootstrap {
  const routes: RouteSource = {
    rds: {
      route_config_name: routeTableName,
      config_source: {
        resource_api_version: "V3",
        path_config_source: { path: files.routes, watched_directory: { path: files.routesDir } },
      },
    },
  };
  return bootstrap(settings, files, routes, { folder: files.secretsDir });
}

/** The same with the routes and the certificates in it: only so does Envoy's validation look at them. */
export function renderFlattened(settings: GatewaySettings, files: RunFiles, routes: RouteConfiguration): Bootstrap {
  return bootstrap(settings, files, { route_config: routes }, "inline");
}

function bootstrap(settings: GatewaySettings, files: RunFiles, routes: RouteSource, secrets: SecretSource): Bootstrap {
  const { metrics, traces } = settings.observability;
  return {
    node: { id: "e6data-gateway", cluster: "e6data" },
    admin: admin(settings.admin),
    // Histograms are put together this often; a scrape shows what they were then.
    stats_flush_interval: "1s",
    stats_config: statsConfig,
    overload_manager: overloadManager(settings.limits),
    static_resources: {
      listeners: [
        listener(settings, routes, secrets, files),
        ...(metrics === undefined ? [] : [metricsListener(metrics)]),
      ],
      clusters: [
        ...clusters(settings, secrets),
        ...(metrics === undefined ? [] : [adminCluster(settings.admin)]),
        ...(traces === undefined ? [] : [collectorCluster(traces)]),
      ],
    },
  };
}

function admin({ host, port, allowDrain }: AdminSettings): Bootstrap["admin"] {
  return {
    address: socketAddress(host, port),
    allow_paths: [
      ...adminPaths.map((prefix) => ({ prefix })),
      { safe_regex: { regex: statsPaths } },
      ...(allowDrain ? drainPaths : []).map((prefix) => ({ prefix })),
    ],
  };
}

/** What the process as a whole does when it has too much: connections are closed as they come, calls told OVERLOADED. */
function overloadManager({ connections, memory }: LimitSettings): object {
  return {
    resource_monitors: [
      {
        name: "envoy.resource_monitors.global_downstream_max_connections",
        typed_config: typed(
          "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
          { max_active_downstream_connections: connections },
        ),
      },
      ...(memory === undefined
        ? []
        : [
            {
              name: heapMonitor,
              typed_config: typed("envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig", {
                max_heap_size_bytes: memory,
              }),
            },
          ]),
    ],
    ...(memory === undefined
      ? {}
      : {
          refresh_interval: "0.25s",
          actions: [
            overloadAction("shrink_heap", 0.9),
            overloadAction("disable_http_keepalive", 0.92),
            overloadAction("stop_accepting_requests", 0.95),
          ],
        }),
  };
}

const heapMonitor = "envoy.resource_monitors.fixed_heap";

function overloadAction(name: string, share: number): object {
  return { name: `envoy.overload_actions.${name}`, triggers: [{ name: heapMonitor, threshold: { value: share } }] };
}
