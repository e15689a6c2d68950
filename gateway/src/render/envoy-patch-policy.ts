import { renderBootstrap } from "../bootstrap.ts";
import { noteProtocol } from "../caller-protocol.ts";
import type { GatewaySettings } from "../config/settings.ts";
import type { Situation } from "../deploy/deployment-state.ts";
import { localReplyConfig } from "../local-reply.ts";
import { gateCluster, renderRoutes } from "../routes.ts";
import { runFiles } from "../run-files.ts";

/** Which Gateway of Envoy Gateway's is meant, and which of its listeners. */
export interface GatewayReference {
  readonly namespace: string;
  readonly name: string;
  readonly listener: string;
}

interface JsonPatch {
  readonly type: string;
  readonly name: string;
  readonly operation: {
    readonly op: "add";
    /** A place found by what is there; the path, if there is one, starts from it. */
    readonly jsonPath?: string;
    readonly path?: string;
    readonly value: unknown;
  };
}

/**
 * What Envoy Gateway's own resources cannot say, as an `EnvoyPatchPolicy`: our filters at their places and the header that they go by, Envoy's own errors, and the
 * calls that the state gate answers. It counts on the names and the order of what Envoy Gateway makes, so it belongs to one version of it.
 */
export function envoyPatchPolicy(settings: GatewaySettings, situation: Situation, gateway: GatewayReference): object {
  const { namespace, name } = gateway;
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "EnvoyPatchPolicy",
    metadata: { name, namespace },
    spec: {
      targetRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name },
      type: "JSONPatch",
      jsonPatches: [...listenerPatches(settings, gateway), ...routePatches(settings, situation, gateway)],
    },
  };
}

const manager = "$..filters[?(@.name=='envoy.filters.network.http_connection_manager')].typed_config";

/** Envoy Gateway's own filters are CORS, gRPC-Web, perhaps a buffer, and the router. What is added at the place of one comes before it. */
function listenerPatches(settings: GatewaySettings, gateway: GatewayReference): readonly JsonPatch[] {
  const place = (name: string) => `${manager}.http_filters[?(@.name=='${name}')]`;
  const { before, behind } = ownFilters(settings);
  return [
    ...before.map((value) => listenerPatch(gateway, { jsonPath: place(grpcWebFilter), value })),
    ...behind.map((value) => listenerPatch(gateway, { jsonPath: place(routerFilter), value })),
    listenerPatch(gateway, {
      jsonPath: manager,
      path: "/local_reply_config",
      value: localReplyConfig(settings),
    }),
    listenerPatch(gateway, { jsonPath: manager, path: "/early_header_mutation_extensions", value: [noteProtocol] }),
  ];
}

const grpcWebFilter = "envoy.filters.http.grpc_web";
const routerFilter = "envoy.filters.http.router";

/** Our own filters of the chain, in its order, by where they stand to gRPC-Web's. */
function ownFilters(settings: GatewaySettings): {
  readonly before: readonly object[];
  readonly behind: readonly object[];
} {
  const [listener] = renderBootstrap(settings, runFiles("/")).static_resources.listeners;
  const own: unknown = Reflect.get(listener?.filter_chains[0]?.filters[0]?.typed_config ?? {}, "http_filters");
  const filters = Array.isArray(own) ? own.filter((filter) => typeof filter === "object") : [];
  const names = filters.map((filter) => String(Reflect.get(filter, "name")));
  const middle = names.indexOf(grpcWebFilter);
  const isOwn = (_: object, index: number) => names[index]?.startsWith("e6.") === true;
  return {
    before: filters.filter((filter, index) => isOwn(filter, index) && index < middle),
    behind: filters.filter((filter, index) => isOwn(filter, index) && index > middle),
  };
}

/** The gate's routes of our own table: the last one, which takes what no other did, behind Envoy Gateway's routes, the others before them. */
function routePatches(
  settings: GatewaySettings,
  situation: Situation,
  gateway: GatewayReference,
): readonly JsonPatch[] {
  const [host] = renderRoutes(settings, situation).virtual_hosts;
  const gates = (host?.routes ?? []).filter(({ route }) => route.cluster === gateCluster);
  return [
    ...gates.slice(0, -1).map((route, index) => routePatch(gateway, `/routes/${index}`, route)),
    routePatch(gateway, "/routes/-", gates.at(-1)),
    routePatch(gateway, "/typed_per_filter_config", host?.typed_per_filter_config),
    routePatch(gateway, "/request_headers_to_add", host?.request_headers_to_add),
  ];
}

function listenerPatch(gateway: GatewayReference, operation: Omit<JsonPatch["operation"], "op">): JsonPatch {
  return patch("listener.v3.Listener", gateway, operation);
}

function routePatch(gateway: GatewayReference, path: string, value: unknown): JsonPatch {
  return patch("route.v3.RouteConfiguration", gateway, { path: `/virtual_hosts/0${path}`, value });
}

function patch(
  type: string,
  { namespace, name, listener }: GatewayReference,
  operation: Omit<JsonPatch["operation"], "op">,
): JsonPatch {
  return {
    type: `type.googleapis.com/envoy.config.${type}`,
    name: `${namespace}/${name}/${listener}`,
    operation: { op: "add", ...operation },
  };
}
