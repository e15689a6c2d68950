import { clusters } from "./clusters.ts";
import { type Bootstrap, type RouteConfiguration, type RouteSource, socketAddress, typed } from "./envoy-config.ts";
import { listener } from "./listener.ts";
import type { GatewaySettings } from "./options.ts";
import { routeTableName } from "./routes.ts";
import type { RunFiles } from "./run-files.ts";

/** Paths of Envoy's own interface that may be asked. What changes or stops Envoy is not among them: any page of this machine could. */
const adminPaths = ["/ready", "/stats", "/listeners", "/config_dump", "/clusters", "/server_info"];

/** The static part: it stays as it is while the routes change. */
export function renderBootstrap(settings: GatewaySettings, files: RunFiles): Bootstrap {
  return bootstrap(settings, files, {
    rds: {
      route_config_name: routeTableName,
      config_source: {
        resource_api_version: "V3",
        path_config_source: { path: files.routes, watched_directory: { path: files.routesDir } },
      },
    },
  });
}

/** The same with the routes in it: only so does Envoy's validation look at them. */
export function renderFlattened(settings: GatewaySettings, files: RunFiles, routes: RouteConfiguration): Bootstrap {
  return bootstrap(settings, files, { route_config: routes });
}

function bootstrap(settings: GatewaySettings, files: RunFiles, routes: RouteSource): Bootstrap {
  return {
    node: { id: "e6data-gateway", cluster: "e6data" },
    admin: {
      address: socketAddress("127.0.0.1", settings.adminPort),
      allow_paths: adminPaths.map((prefix) => ({ prefix })),
    },
    stats_config: { stats_tags: [{ tag_name: "strategy", regex: "^cluster\\.e6_((blue|green))\\." }] },
    overload_manager: {
      resource_monitors: [
        {
          name: "envoy.resource_monitors.global_downstream_max_connections",
          typed_config: typed(
            "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
            { max_active_downstream_connections: 10_000 },
          ),
        },
      ],
    },
    static_resources: {
      listeners: [listener(settings.host, settings.port, routes, files)],
      clusters: clusters(settings),
    },
  };
}
