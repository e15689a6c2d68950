import { noteProtocol } from "./caller-protocol.ts";
import { type Situation, situations } from "./deploy/deployment-state.ts";
import type { Bootstrap, HeaderValueOption, Route, RouteConfiguration, VirtualHost } from "./envoy-config.ts";
import { gateFailures } from "./failures.ts";
import { GatewayError } from "./gateway-error.ts";
import { stateGateFilter, strategyGateFilter } from "./lua.ts";
import { gateCluster } from "./routes.ts";

/**
 * Refuses a configuration in which something is wrong that Envoy's validation does not see, or allows: names that
 * nothing has, and openings that nobody wanted. Looks at the routes of every situation: those that come later are as
 * good as the first. Throws `CONFIGURATION_REFUSED` that names all of it.
 */
export function assertRendered(bootstrap: Bootstrap, render: (situation: Situation) => RouteConfiguration): void {
  const problems = new Set(situations.flatMap((situation) => renderingProblems(bootstrap, render(situation))));
  if (problems.size > 0) {
    const all = [...problems].join("; ");
    throw new GatewayError("CONFIGURATION_REFUSED", `what was rendered is wrong, an error of this program: ${all}`);
  }
}

/** What is wrong with a configuration; nothing for a good one. */
export function renderingProblems(bootstrap: Bootstrap, routes: RouteConfiguration): readonly string[] {
  return [
    ...unknownClusters(bootstrap, routes),
    ...unknownFilters(bootstrap, routes),
    ...openGates(routes),
    ...unnotedProtocol(bootstrap),
    ...missingFallbacks(routes),
    ...unlimitedClasses(bootstrap, routes),
    ...unverifiedTls(bootstrap),
    ...openOrigins(routes),
    ...openAdmin(bootstrap),
    ...badHeaders(routes),
  ];
}

/** Under `validate_clusters: false` Envoy takes any name, and answers calls with 503. */
function unknownClusters(bootstrap: Bootstrap, routes: RouteConfiguration): string[] {
  const { clusters } = bootstrap.static_resources;
  const known = new Set([gateCluster, ...clusters.map(({ name }) => name)]);
  const named = [...valuesOf(bootstrap, /^cluster(_name)?$/), ...valuesOf(routes, /^cluster$/)].filter(
    (name) => typeof name === "string",
  );
  // The node's `cluster` names a kind of gateway, not where calls go.
  const unknown = [...new Set(named)].filter((name) => !known.has(name) && name !== bootstrap.node.cluster);
  const empty = clusters.filter(({ load_assignment }) => load_assignment.endpoints.length === 0);
  return [
    ...unknown.map((name) => `no cluster is called ${name}`),
    ...empty.map(({ name }) => `the cluster ${name} has no address`),
  ];
}

/** A misspelt name in `typed_per_filter_config` is passed over by Envoy. */
function unknownFilters(bootstrap: Bootstrap, routes: RouteConfiguration): string[] {
  const known = new Set(httpFilters(bootstrap).map((filter) => fieldOf(filter, "name")));
  const configured = valuesOf(routes, /^typed_per_filter_config$/).flatMap((config) => Object.keys(Object(config)));
  return [...new Set(configured)].filter((name) => !known.has(name)).map((name) => `no filter is called ${name}`);
}

/** A route to the gate's cluster that does not exist, or a host for calls of several stacks, without a rule by which the gate answers. */
function openGates(routes: RouteConfiguration): string[] {
  const gateRoutes = routesOf(routes).filter(({ route }) => route.cluster === gateCluster);
  return [
    ...gateRoutes.filter((route) => !hasRule(route, stateGateFilter)),
    ...routes.virtual_hosts.filter((host) => !hasRule(host, strategyGateFilter)),
  ].map(({ name }) => `the gate has no rule for ${name}`);
}

function hasRule({ typed_per_filter_config }: Route | VirtualHost, filter: string): boolean {
  const rule = fieldOf(fieldOf(typed_per_filter_config?.[filter], "filter_context"), "rule");
  return typeof rule === "string" && Object.hasOwn(gateFailures, rule);
}

/** Routes, filters and errors go by it: without it nothing is served. */
function unnotedProtocol(bootstrap: Bootstrap): string[] {
  const extensions = valuesOf(bootstrap, /^early_header_mutation_extensions$/).flat();
  return extensions.some((extension) => fieldOf(extension, "name") === noteProtocol.name)
    ? []
    : ["nothing notes how a call came"];
}

/** Without a route for everything preflights find none, and get no CORS. */
function missingFallbacks(routes: RouteConfiguration): string[] {
  return routes.virtual_hosts
    .filter(({ routes: list }) => {
      const match = list.at(-1)?.match;
      return match === undefined || !("prefix" in match) || match.prefix !== "/" || (match.headers ?? []).length > 0;
    })
    .map(({ name }) => `the last route of ${name} is not one for everything`);
}

/** A class of calls that no bucket is for is not limited at all. */
function unlimitedClasses(bootstrap: Bootstrap, routes: RouteConfiguration): string[] {
  const limited = new Set(
    valuesOf(httpFilters(bootstrap), /^descriptors$/)
      .flatMap((descriptors) => valuesOf(descriptors, /^value$/))
      .filter((value) => typeof value === "string"),
  );
  const classes = valuesOf(routes, /^descriptor_value$/).filter((value) => typeof value === "string");
  return [...new Set(classes)].filter((name) => !limited.has(name)).map((name) => `no rate limit is for ${name}`);
}

/** As a caller Envoy verifies nothing unless it is told an authority. */
function unverifiedTls(bootstrap: Bootstrap): string[] {
  return bootstrap.static_resources.clusters
    .filter(({ transport_socket }) => {
      const context = fieldOf(transport_socket?.typed_config, "common_tls_context");
      const authority = valuesOf(context, /^(trusted_ca|validation_context_sds_secret_config)$/);
      const names = valuesOf(context, /^match_typed_subject_alt_names$/);
      return transport_socket !== undefined && (authority.length === 0 || names.length === 0);
    })
    .map(({ name }) => `TLS to ${name} verifies nothing`);
}

/** Pages that may call with the user's cookies must be named one by one. */
function openOrigins(routes: RouteConfiguration): string[] {
  const policies = valuesOf(routes, /^envoy\.filters\.http\.cors$/);
  return policies
    .filter((policy) => fieldOf(policy, "allow_credentials") === true)
    .filter((policy) => valuesOf(policy, /^(safe_regex|prefix|suffix|contains)$/).length > 0)
    .map(() => "origins by pattern may call with credentials");
}

function openAdmin({ admin }: Bootstrap): string[] {
  const { address } = admin.address.socket_address;
  return address === "127.0.0.1" || address === "::1" ? [] : [`Envoy's own interface listens on ${address}`];
}

/** A name in capitals, or a line break in a value, would break the calls of HTTP/2. */
function badHeaders(routes: RouteConfiguration): string[] {
  const options = valuesOf(routes, /^(request|response)_headers_to_add$/).flatMap(
    (list) => list as HeaderValueOption[],
  );
  return options
    .filter(({ header: { key, value } }) => !/^[a-z0-9-]+$/.test(key) || !/^[ -~]*$/.test(value))
    .map(({ header }) => `${JSON.stringify(header.key)} is no header that can be sent`);
}

function routesOf(routes: RouteConfiguration): readonly Route[] {
  return routes.virtual_hosts.flatMap((host) => host.routes);
}

/** The filters that a call passes: of the listener that takes the watched, or the given, routes. */
function httpFilters(bootstrap: Bootstrap): readonly unknown[] {
  const lists = bootstrap.static_resources.listeners.flatMap((listener) => valuesOf(listener, /^http_filters$/));
  return lists.flat();
}

/** Every value, however deep, whose key is called so. The fields of a log are named by us, not by Envoy. */
function valuesOf(value: unknown, key: RegExp): unknown[] {
  if (typeof value !== "object" || value === null || "json_format" in value) {
    return [];
  }
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(key.test(name) && !Array.isArray(value) ? [inner] : []),
    ...valuesOf(inner, key),
  ]);
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}
