/**
 * The part of Envoy's configuration API (v3) that the gateway uses, in Envoy's own names. Durations are texts such
 * as `"660s"`.
 */

/** A duration in Envoy's form, from milliseconds. */
export function seconds(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}

/** A message with its type's name, as `google.protobuf.Any` is written in JSON. */
export type Typed<T extends object> = T & { readonly "@type": string };

/** Marks a configuration with its type, given without the `type.googleapis.com/` prefix. */
export function typed<T extends object>(type: string, config: T): Typed<T> {
  return { "@type": `type.googleapis.com/${type}`, ...config };
}

/** `envoy.config.core.v3.HeaderValueOption`. */
export interface HeaderValueOption {
  readonly header: { readonly key: string; readonly value: string };
  readonly append_action: "OVERWRITE_IF_EXISTS_OR_ADD" | "ADD_IF_ABSENT";
}

/** A header that replaces what is there. */
export function setHeader(key: string, value: string): HeaderValueOption {
  return { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" };
}

/** `envoy.type.matcher.v3.StringMatcher`. */
export type StringMatcher =
  | { readonly exact: string; readonly ignore_case?: boolean }
  | { readonly contains: string }
  | { readonly safe_regex: { readonly regex: string } };

/** `envoy.config.route.v3.HeaderMatcher`. */
export type HeaderMatcher = { readonly name: string } & (
  | { readonly present_match: boolean }
  | {
      readonly string_match: StringMatcher;
      readonly invert_match?: boolean;
      readonly treat_missing_header_as_empty?: boolean;
    }
);

/** `envoy.config.core.v3.Address`. */
export interface Address {
  readonly socket_address: { readonly address: string; readonly port_value: number };
}

/** An address of TCP. */
export function socketAddress(address: string, port: number): Address {
  return { socket_address: { address, port_value: port } };
}

/** An extension by name, with its configuration. */
export interface Extension {
  readonly name: string;
  readonly typed_config: Typed<object>;
}

/** A filter of the connection manager; one that is disabled works on the routes that configure it, and nowhere else. */
export interface HttpFilter extends Extension {
  readonly disabled?: true;
}

/** `envoy.config.route.v3.RouteAction`. */
export interface RouteAction {
  readonly cluster: string;
  readonly timeout?: string;
  readonly idle_timeout?: string;
  readonly max_stream_duration?: {
    readonly max_stream_duration: string;
    readonly grpc_timeout_header_max: string;
  };
  readonly rate_limits?: readonly { readonly actions: readonly object[] }[];
}

/** `envoy.config.route.v3.Route`. */
export interface Route {
  readonly name: string;
  readonly match: ({ readonly path: string } | { readonly prefix: string }) & {
    readonly headers?: readonly HeaderMatcher[];
  };
  readonly route: RouteAction;
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly typed_per_filter_config?: Readonly<Record<string, Typed<object>>>;
}

/** `envoy.config.route.v3.VirtualCluster`: what is counted apart. */
export interface VirtualCluster {
  readonly name: string;
  readonly headers: readonly HeaderMatcher[];
}

/** `envoy.config.route.v3.RetryPolicy`. */
export interface RetryPolicy {
  readonly retry_on: string;
  readonly num_retries: number;
  readonly retry_host_predicate?: readonly Extension[];
  readonly host_selection_retry_max_attempts?: number;
}

/** `envoy.config.route.v3.VirtualHost`. */
export interface VirtualHost {
  readonly name: string;
  readonly virtual_clusters?: readonly VirtualCluster[];
  readonly domains: readonly string[];
  readonly routes: readonly Route[];
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly retry_policy?: RetryPolicy;
  readonly typed_per_filter_config?: Readonly<Record<string, Typed<object>>>;
}

/** `envoy.config.route.v3.RouteConfiguration`. */
export interface RouteConfiguration {
  readonly name: string;
  readonly validate_clusters: boolean;
  readonly virtual_hosts: readonly VirtualHost[];
}

/** `envoy.service.discovery.v3.DiscoveryResponse`, as a watched file holds it. */
export interface DiscoveryResponse {
  readonly version_info: string;
  readonly resources: readonly Typed<object>[];
}

/** Where the routes come from: a file that Envoy watches, or (to validate them) the configuration itself. */
export type RouteSource =
  | {
      readonly rds: {
        readonly route_config_name: string;
        readonly config_source: {
          readonly resource_api_version: "V3";
          readonly path_config_source: {
            readonly path: string;
            readonly watched_directory: { readonly path: string };
          };
        };
      };
    }
  | { readonly route_config: RouteConfiguration };

/** `envoy.config.accesslog.v3.AccessLogFilter`. */
export type AccessLogFilter =
  | { readonly and_filter: { readonly filters: readonly AccessLogFilter[] } }
  | { readonly or_filter: { readonly filters: readonly AccessLogFilter[] } }
  | { readonly header_filter: { readonly header: HeaderMatcher } }
  | { readonly response_flag_filter: { readonly flags: readonly string[] } }
  | {
      readonly status_code_filter: {
        readonly comparison: {
          readonly op: "EQ" | "GE";
          readonly value: { readonly default_value: number; readonly runtime_key: string };
        };
      };
    };

/** `envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper`. */
export interface ResponseMapper {
  readonly filter: AccessLogFilter;
  readonly status_code: number;
  /** `inline_bytes` in base64. */
  readonly body: { readonly inline_string: string } | { readonly inline_bytes: string };
  readonly headers_to_add: readonly HeaderValueOption[];
}

/** `envoy.config.cluster.v3.Cluster`. */
export interface Cluster {
  readonly name: string;
  readonly metadata?: { readonly filter_metadata: Readonly<Record<string, object>> };
  readonly type: "STATIC" | "STRICT_DNS";
  readonly dns_lookup_family?: "ALL";
  readonly respect_dns_ttl?: boolean;
  readonly lb_policy?: "LEAST_REQUEST";
  readonly connect_timeout: string;
  readonly per_connection_buffer_limit_bytes: number;
  readonly common_lb_config?: { readonly healthy_panic_threshold: { readonly value: number } };
  readonly load_assignment: {
    readonly cluster_name: string;
    readonly endpoints: readonly {
      readonly lb_endpoints: readonly { readonly endpoint: { readonly address: Address } }[];
    }[];
  };
  readonly circuit_breakers?: { readonly thresholds: readonly object[] };
  readonly outlier_detection?: object;
  readonly health_checks?: readonly object[];
  readonly transport_socket?: Extension;
  readonly typed_extension_protocol_options?: Readonly<Record<string, Typed<object>>>;
}

/** `envoy.config.listener.v3.FilterChain`. */
export interface FilterChain {
  readonly filters: readonly Extension[];
  readonly transport_socket?: Extension;
  readonly transport_socket_connect_timeout?: string;
}

/** `envoy.config.listener.v3.Listener`. */
export interface Listener {
  readonly name: string;
  readonly address: Address;
  readonly enable_reuse_port: boolean;
  readonly ignore_global_conn_limit?: boolean;
  readonly bypass_overload_manager?: boolean;
  readonly per_connection_buffer_limit_bytes: number;
  readonly filter_chains: readonly FilterChain[];
}

/** `envoy.config.bootstrap.v3.Bootstrap`. */
export interface Bootstrap {
  readonly node: { readonly id: string; readonly cluster: string };
  readonly admin: {
    readonly address: Address;
    readonly allow_paths: readonly (StringMatcher | { readonly prefix: string })[];
  };
  readonly stats_flush_interval: string;
  readonly stats_config: object;
  readonly overload_manager: object;
  readonly static_resources: { readonly listeners: readonly Listener[]; readonly clusters: readonly Cluster[] };
}
