import { join } from "node:path";
import { clusters } from "./clusters.ts";
import { type Bootstrap, type RouteConfiguration, type RouteSource, socketAddress, typed } from "./envoy-config.ts";
import { listener } from "./listener.ts";
import type { GatewaySettings } from "./options.ts";
import { routeTableName } from "./routes.ts";

/** The files of one run, all in one folder. */
export interface RunFiles {
  readonly bootstrap: string;
  /** The bootstrap with the routes in it, for Envoy's validation. */
  readonly flattened: string;
  /** The folder that Envoy watches; nothing but the routes lies in it. */
  readonly routesDir: string;
  readonly routes: string;
  /** Where new routes are written, beside the watched folder, before they are moved into it. */
  readonly newRoutes: string;
  readonly adminAddress: string;
  readonly validationLog: string;
  readonly envoyLog: string;
  readonly clientLog: string;
  readonly upstreamLog: string;
}

/** The files of a run in the given folder. */
export function runFiles(folder: string): RunFiles {
  const routesDir = join(folder, "routes");
  return {
    bootstrap: join(folder, "bootstrap.json"),
    flattened: join(folder, "flattened.json"),
    routesDir,
    routes: join(routesDir, "routes.json"),
    newRoutes: join(folder, "new-routes.json"),
    adminAddress: join(folder, "admin-address"),
    validationLog: join(folder, "validation.log"),
    envoyLog: join(folder, "envoy.log"),
    clientLog: join(folder, "access.log"),
    upstreamLog: join(folder, "upstream.log"),
  };
}

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
