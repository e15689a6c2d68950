import { createHash } from "node:crypto";
import { headerNewStrategy, headerStrategy, type Strategy, strategies } from "e6data-web/headers";
import { clusterName } from "./clusters.ts";
import { corsFilter, corsPolicy } from "./cors.ts";
import {
  type DiscoveryResponse,
  type HeaderMatcher,
  type Route,
  type RouteAction,
  type RouteConfiguration,
  setHeader,
  typed,
} from "./envoy-config.ts";
import type { GateRule } from "./failures.ts";
import { errorMapFilter, luaContext, stateGateFilter } from "./lua.ts";
import type { GatewayState } from "./options.ts";
import { type Rpc, rpcs } from "./rpc.ts";

/** The name of the route table, as the listener asks for it. */
export const routeTableName = "e6";

const post: HeaderMatcher = { name: ":method", string_match: { exact: "POST" } };

/** gRPC-Web in its binary form, exactly as grpc_web translates it, and native gRPC of any kind. */
const contentTypes = "application/grpc(-web(\\+proto)?|[+;].*)?";

/** The whole route table for a state of the deployment. The first route that matches counts. */
export function renderRoutes(origins: readonly string[], state: GatewayState): RouteConfiguration {
  return {
    name: routeTableName,
    // The gate's routes lead to no cluster, on purpose.
    validate_clusters: false,
    virtual_hosts: [
      {
        name: "e6",
        domains: ["*"],
        routes: [
          gateRoute("badContentType", [post, notMatching("content-type", contentTypes)]),
          ...strategies.flatMap((stack) => rpcs.map((rpc) => stackRoute(rpc, stack, state))),
          gateRoute("badStrategy", [post, notMatching(headerStrategy, `(?i)${strategies.join("|")}`)]),
          ...rpcs.map((rpc) => activeRoute(rpc, state)),
          // Also where preflights end: they match no POST, and CORS answers them before the gate.
          gateRoute("unknownMethod", []),
        ],
        // A gRPC-Web client cannot read compressed messages.
        request_headers_to_add: [setHeader("grpc-accept-encoding", "identity")],
        // Only what surely never reached the engine: a fetch moves a cursor, an execute runs a statement.
        retry_policy: { retry_on: "connect-failure,refused-stream,reset-before-request", num_retries: 2 },
        typed_per_filter_config: {
          [corsFilter]: corsPolicy(origins),
          [errorMapFilter]: luaContext({ active: state.active }),
        },
      },
    ],
  };
}

/** The route table as Envoy reads it from a watched file; its version is a hash of its content. */
export function routeFile(routes: RouteConfiguration): DiscoveryResponse {
  const resource = typed("envoy.config.route.v3.RouteConfiguration", routes);
  const hash = createHash("sha256").update(JSON.stringify(resource)).digest("hex");
  return { version_info: hash.slice(0, 16), resources: [resource] };
}

/** A call that names its stack. The cluster service too: who resumes asks the stack that said 'suspended'. */
function stackRoute(rpc: Rpc, stack: Strategy, state: GatewayState): Route {
  return {
    name: `${stack}.${rpc.callClass}`,
    match: {
      path: rpc.path,
      headers: [post, { name: headerStrategy, string_match: { exact: stack, ignore_case: true } }],
    },
    route: forward(stack),
    ...announcement(stack, state),
  };
}

/** A call that names no stack: to the active one, which is told its own name. */
function activeRoute(rpc: Rpc, state: GatewayState): Route {
  return {
    name: `active.${rpc.callClass}`,
    match: { path: rpc.path, headers: [post] },
    route: forward(state.active),
    request_headers_to_add: [setHeader(headerStrategy, state.active)],
    ...announcement(state.active, state),
  };
}

/** A call that the state gate answers. Its cluster does not exist: should the gate fail, no engine gets the call. */
function gateRoute(rule: GateRule, headers: readonly HeaderMatcher[]): Route {
  return {
    name: `gate.${rule}`,
    match: { prefix: "/", headers },
    route: { cluster: "e6_gate" },
    typed_per_filter_config: { [stateGateFilter]: luaContext({ rule }) },
  };
}

/** Every answer of a stack that is not the target says where new work goes, whatever the engine itself says. */
function announcement(stack: Strategy, { active, announced }: GatewayState): Pick<Route, "response_headers_to_add"> {
  const target = announced ?? active;
  return stack === target ? {} : { response_headers_to_add: [setHeader(headerNewStrategy, target)] };
}

/** Ten minutes of silence are an ordinary prepare; an hour is the end of any call. */
function forward(stack: Strategy): RouteAction {
  return {
    cluster: clusterName(stack),
    timeout: "0s",
    idle_timeout: "660s",
    max_stream_duration: { max_stream_duration: "3600s", grpc_timeout_header_max: "3600s" },
  };
}

function notMatching(name: string, regex: string): HeaderMatcher {
  return {
    name,
    string_match: { safe_regex: { regex } },
    invert_match: true,
    // A content type has to be there; a strategy may be missing, and then nothing is wrong with it.
    ...(name === headerStrategy ? {} : { treat_missing_header_as_empty: true }),
  };
}
