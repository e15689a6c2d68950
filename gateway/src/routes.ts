import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { headerNewStrategy, headerReadyStrategy, headerStrategy, type Strategy, strategies } from "e6data-web/headers";
import { QueryEngineService } from "e6data-web/proto";
import { isUnserved } from "./caller-protocol.ts";
import { clusterName } from "./clusters.ts";
import type { GatewaySettings } from "./config/settings.ts";
import type { StackSettings } from "./config/stacks.ts";
import { corsFilter, corsPolicy } from "./cors.ts";
import { activeStack, permissive, type Situation, type StackState, targetStack } from "./deploy/deployment-state.ts";
import {
  type DiscoveryResponse,
  type HeaderMatcher,
  type RetryPolicy,
  type Route,
  type RouteAction,
  type RouteConfiguration,
  seconds,
  setHeader,
  type Typed,
  typed,
  type VirtualCluster,
} from "./envoy-config.ts";
import type { GateRule } from "./failures.ts";
import { errorMapFilter, luaContext, pageMarkFilter, stateGateFilter, strategyGateFilter, switchedOff } from "./lua.ts";
import type { GatewayState } from "./options.ts";
import { rateLimitActions } from "./rate-limit.ts";
import { isEngineCall, type Rpc, rpcs } from "./rpc.ts";
import { securityHeaders } from "./security-headers.ts";

/** The name of a cluster that does not exist: should the gate fail, no engine gets the call. */
export const gateCluster = "e6_gate";

/** The name of the route table, as the listener asks for it. */
export const routeTableName = "e6";

const notPost: HeaderMatcher = { name: ":method", string_match: { exact: "POST" }, invert_match: true };
const noStrategy: HeaderMatcher = { name: headerStrategy, present_match: false };
/** A strategy may be missing, and then nothing is wrong with it. */
const notAStrategy: HeaderMatcher = {
  name: headerStrategy,
  string_match: { safe_regex: { regex: `(?i)${strategies.join("|")}` } },
  invert_match: true,
};

/** Envoy compares a path without its query, which the engine would get. */
const hasQuery: HeaderMatcher = { name: ":path", string_match: { contains: "?" } };

/** What the routes are rendered from, beside the state. */
export type RouteSettings = Pick<GatewaySettings, "stacks" | "listener" | "timeouts" | "rateLimits">;

/** The virtual host's name: part of the names of its statistics. */
export const virtualHostName = "e6";

/** The statistic, a virtual cluster's, that counts the calls of those whose next new work goes to a stack. */
export function censusName(stack: Strategy): string {
  return `ready_${stack}`;
}

const { method } = QueryEngineService;

/** What clients call most, first: Envoy tries one route after the other, and the table has over a hundred. */
const busiest: readonly string[] = [
  method.getNextResultBatchV2,
  method.getNextResultBatch,
  method.status,
  method.prepareStatementV2,
  method.prepareStatement,
  method.executeStatement,
  method.executeStatementV2,
  method.getResultMetadata,
  method.clear,
].map(({ name }) => `/${QueryEngineService.typeName}/${name}`);

const place = ({ path }: Rpc): number => (busiest.includes(path) ? busiest.indexOf(path) : busiest.length);

const rpcsInOrder = rpcs.toSorted((a, b) => place(a) - place(b));

/** The whole route table for a state of the deployment. The first route that matches counts. */
export function renderRoutes(settings: RouteSettings, state: GatewayState | Situation): RouteConfiguration {
  const situation = "stacks" in state ? state : permissive(state.active, state.announced);
  const gate = (rule: GateRule, headers: readonly HeaderMatcher[]) => gateRoute(rule, headers, situation);
  return {
    name: routeTableName,
    // The gate's routes lead to no cluster, on purpose.
    validate_clusters: false,
    virtual_hosts: [
      {
        name: virtualHostName,
        domains: ["*"],
        routes: [
          // Where preflights end: CORS answers them before the gate.
          gate("unknownMethod", [notPost]),
          gate("badContentType", [isUnserved]),
          gate("unknownMethod", [hasQuery]),
          ...rpcsInOrder.flatMap((rpc) => [
            ...strategies.map((stack) => stackRoute(settings, rpc, stack, situation)),
            activeRoute(settings, rpc, situation),
          ]),
          gate("badStrategy", [notAStrategy]),
          gate("unknownMethod", []),
        ],
        virtual_clusters: census,
        // A gRPC-Web client cannot read compressed messages.
        request_headers_to_add: [setHeader("grpc-accept-encoding", "identity")],
        response_headers_to_add: securityHeaders(settings.listener),
        retry_policy: retryPolicy(settings),
        typed_per_filter_config: {
          [corsFilter]: corsPolicy(settings.listener.origins),
          [errorMapFilter]: luaContext({ active: activeStack(situation) }),
          [strategyGateFilter]: gateContext("badStrategy", situation),
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

/**
 * Who is ready for what, for Envoy to count: the first that matches counts. A caller whose new work goes elsewhere than this call says
 * so; of any other one the call itself tells.
 */
const census: readonly VirtualCluster[] = [headerReadyStrategy, headerStrategy].flatMap((header) =>
  strategies.map((stack) => ({ name: censusName(stack), headers: [naming(header, stack)] })),
);

function naming(header: string, stack: Strategy): HeaderMatcher {
  return { name: header, string_match: { exact: stack, ignore_case: true } };
}

/** A call that names its stack. The cluster service too: who resumes asks the stack that said 'suspended'. */
function stackRoute(settings: RouteSettings, rpc: Rpc, stack: Strategy, situation: Situation): Route {
  const match = { path: rpc.path, headers: [naming(headerStrategy, stack)] };
  if (isRefused(rpc, situation.stacks[stack])) {
    return {
      name: `${stack}.refused`,
      match,
      route: { cluster: gateCluster },
      typed_per_filter_config: answeredByGate("notActive", situation),
      ...announcement(stack, situation),
    };
  }
  return {
    name: `${stack}.${rpc.callClass}`,
    match,
    route: forward(settings, stack, rpc),
    ...announcement(stack, situation),
  };
}

/** A draining stack does what its running queries need: to look at its cluster and to wake it up is part of that. */
function isRefused(rpc: Rpc, stack: StackState): boolean {
  return stack === "off" || (stack === "draining" && rpc.callClass === "new" && isEngineCall(rpc));
}

/** A call that names no stack: to the active one, which is told its own name. */
function activeRoute(settings: RouteSettings, rpc: Rpc, situation: Situation): Route {
  const active = activeStack(situation);
  return {
    name: `active.${rpc.callClass}`,
    match: { path: rpc.path, headers: [noStrategy] },
    route: forward(settings, active, rpc),
    request_headers_to_add: [setHeader(headerStrategy, active)],
    ...announcement(active, situation),
  };
}

/** A call that the state gate answers. */
function gateRoute(rule: GateRule, headers: readonly HeaderMatcher[], situation: Situation): Route {
  return {
    name: `gate.${rule}`,
    match: { prefix: "/", headers },
    route: { cluster: gateCluster },
    typed_per_filter_config: answeredByGate(rule, situation),
  };
}

/** The gate answers, or CORS a preflight; no answer is a stack's, so that none is to be marked as its page. */
function answeredByGate(rule: GateRule, situation: Situation): NonNullable<Route["typed_per_filter_config"]> {
  return { [stateGateFilter]: gateContext(rule, situation), [pageMarkFilter]: switchedOff };
}

/** What a gate says, and the stack that it names beside. */
function gateContext(rule: GateRule, situation: Situation): Typed<object> {
  return luaContext({ rule, active: activeStack(situation) });
}

/** Every answer of a stack that is not the target says where new work goes, whatever the engine itself says. */
function announcement(stack: Strategy, situation: Situation): Pick<Route, "response_headers_to_add"> {
  const target = targetStack(situation);
  return stack === target ? {} : { response_headers_to_add: [setHeader(headerNewStrategy, target)] };
}

/** Only what surely never reached the engine: a fetch moves a cursor, an execute runs a statement. */
function retryPolicy({ stacks }: RouteSettings): RetryPolicy {
  return {
    retry_on: "connect-failure,refused-stream,reset-before-request",
    num_retries: 2,
    // To remember which addresses were tried takes time of each call.
    ...(strategies.some((stack) => mayHaveSeveral(stacks[stack])) ? anotherAddress : {}),
  };
}

/** A name may stand for any number of addresses. */
function mayHaveSeveral({ addresses }: StackSettings): boolean {
  return addresses.length > 1 || addresses.some(({ host }) => isIP(host) === 0);
}

/** Where a stack has several addresses, a second try goes to another one. */
const anotherAddress = {
  retry_host_predicate: [
    {
      name: "envoy.retry_host_predicates.previous_hosts",
      typed_config: typed("envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate", {}),
    },
  ],
  host_selection_retry_max_attempts: 3,
};

/** No time-out of the route itself: it would count the time in which the answer is read. */
function forward({ timeouts, rateLimits }: RouteSettings, stack: Strategy, { callClass }: Rpc): RouteAction {
  return {
    cluster: clusterName(stack),
    timeout: "0s",
    idle_timeout: seconds(timeouts.silence),
    max_stream_duration: {
      max_stream_duration: seconds(timeouts.call),
      grpc_timeout_header_max: seconds(timeouts.call),
    },
    ...rateLimitActions(rateLimits, callClass),
  };
}
