/**
 * Every header name of the protocol, defined once. The gateway derives its CORS lists and its rules from this
 * file, so that the two cannot drift.
 *
 * @module
 */

/** The two stacks of a deployment, as the `strategy` header names them. */
export const strategies = ["blue", "green"] as const;

/**
 * One of the two stacks.
 *
 * @useDeclaredType
 */
export type Strategy = (typeof strategies)[number];

/** The stack that a request is meant for: `blue` or `green`. */
export const headerStrategy = "strategy";
/** The engine that prepared the statement (`engineIP` of the answer): sent on every call about that query. */
export const headerPlannerIp = "plannerip";
/** The configured cluster's name, lower case. */
export const headerClusterName = "cluster-name";
/** `Bearer <token>`, on a connection that signs in by token. */
export const headerAuthorization = "authorization";
/** W3C trace context. */
export const headerTraceParent = "traceparent";
/**
 * The stack that the caller brings new work to from its next safe point on: on calls to the other one. It says nothing of who calls;
 * the gateway counts it, to promote a stack once the callers are ready.
 */
export const headerReadyStrategy = "x-e6-ready-strategy";

/** The stack that new work should go to from now on; absent on answers of that stack itself. */
export const headerNewStrategy = "x-e6-new-strategy";
/** The gateway's reason for an error, one of {@link gatewayReasons}. */
export const headerReason = "x-e6-reason";
/** `true` if the gateway knows that the call never reached an engine. */
export const headerRetrySafe = "x-e6-retry-safe";
/** The stack that the gateway believes to be active: on errors only. */
export const headerActiveStrategy = "x-e6-active-strategy";
/** The HTTP status of the upstream's answer that the gateway turned into a gRPC status; `0` if there was none. */
export const headerUpstreamStatus = "x-e6-upstream-status";

/** Headers of ours that a page may send across origins, beside those of gRPC-Web itself. */
export const requestHeaders = [
  headerStrategy,
  headerPlannerIp,
  headerClusterName,
  headerAuthorization,
  headerTraceParent,
  headerReadyStrategy,
] as const;

/** Headers of ours that a page may read across origins, beside those of gRPC-Web itself. */
export const responseHeaders = [
  headerNewStrategy,
  headerReason,
  headerRetrySafe,
  headerActiveStrategy,
  headerUpstreamStatus,
] as const;

/**
 * Why the gateway refused or lost a call. `UPSTREAM_HTTP_<status>` exists beside these, for a status that no rule
 * knows.
 */
export const gatewayReasons = [
  "STRATEGY_MISMATCH",
  "CLUSTER_SUSPENDED",
  "INVALID_STRATEGY",
  "NO_ROUTE",
  "RATE_LIMITED",
  "UNAUTHENTICATED",
  "OVERLOADED",
  "NO_HEALTHY_UPSTREAM",
  "UPSTREAM_RESET",
  "UPSTREAM_NOT_GRPC",
  "GATEWAY_TIMEOUT",
  "REQUEST_TOO_LARGE",
  "GATEWAY_ERROR",
] as const;

/**
 * One of {@link gatewayReasons}.
 *
 * @useDeclaredType
 */
export type GatewayReason = (typeof gatewayReasons)[number];

/** Reads a header's value as a stack: any case, blanks trimmed; anything else is `undefined`. */
export function parseStrategy(value: string | null | undefined): Strategy | undefined {
  const name = value?.trim().toLowerCase();
  return strategies.find((strategy) => strategy === name);
}

/** Where a call goes. */
export interface CallRoute {
  /** The stack that is meant. Default: the active one, or the one that gets the call. */
  readonly strategy?: Strategy | undefined;
  /** The engine that prepared the query which the call is about. */
  readonly plannerIp?: string | undefined;
  /** The cluster, behind a gateway that serves several. */
  readonly cluster?: string | undefined;
  /** The W3C trace context that the call belongs to. */
  readonly traceparent?: string | undefined;
  /** The stack that the caller's next new work goes to: told where another one is meant by this call. */
  readonly ready?: Strategy | undefined;
}

/** The headers that lead a call where it is to go. What is missing or empty has none. */
export function routeHeaders({ strategy, plannerIp, cluster, traceparent, ready }: CallRoute): Record<string, string> {
  return {
    ...(cluster && { [headerClusterName]: cluster }),
    ...(strategy && { [headerStrategy]: strategy }),
    ...(plannerIp && { [headerPlannerIp]: plannerIp }),
    ...(traceparent && { [headerTraceParent]: traceparent }),
    ...(strategy && ready && ready !== strategy && { [headerReadyStrategy]: ready }),
  };
}
