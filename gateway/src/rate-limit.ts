import type { CallClass } from "e6data-web/proto";
import type { RateLimit, RateLimitSettings } from "./config/rate-limits.ts";
import { type Extension, type RouteAction, seconds, setHeader, typed } from "./envoy-config.ts";

const classKey = "call_class";
/** Envoy's own name for what `masked_remote_address` yields. */
const addressKey = "masked_remote_address";

/** The rate limit as a filter of the chain; no filter where nothing is limited. */
export function rateLimitFilter({ classes, clients }: RateLimitSettings): readonly Extension[] {
  const limits = Object.entries(classes);
  if (limits.length === 0) {
    return [];
  }
  return [
    {
      name: "envoy.filters.http.local_ratelimit",
      typed_config: typed("envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit", {
        stat_prefix: "rate_limit",
        filter_enabled: always("enabled"),
        filter_enforced: always("enforced"),
        // For native callers; those of gRPC-Web get the row of `failures.ts`.
        rate_limited_as_resource_exhausted: true,
        max_dynamic_descriptors: clients,
        descriptors: limits.map(([callClass, limit]) => ({
          // An entry without a value stands for each value: a bucket for each address.
          entries: [{ key: classKey, value: callClass }, { key: addressKey }],
          token_bucket: tokenBucket(limit),
        })),
        // A call that no bucket is for takes nothing from anybody.
        always_consume_default_token_bucket: false,
        response_headers_to_add: [setHeader("retry-after", String(retryAfter(limits.map(([, limit]) => limit))))],
      }),
    },
  ];
}

/** What a route says of its calls to the rate limit: whose they are and of which class. */
export function rateLimitActions(
  { classes }: RateLimitSettings,
  callClass: CallClass,
): Pick<RouteAction, "rate_limits"> {
  if (classes[callClass] === undefined) {
    return {};
  }
  const actions = [
    { generic_key: { descriptor_key: classKey, descriptor_value: callClass } },
    // A host of IPv6 has a whole network of its own: one address of it is nobody.
    { masked_remote_address: { v4_prefix_mask_len: 32, v6_prefix_mask_len: 64 } },
  ];
  return { rate_limits: [{ actions }] };
}

function tokenBucket({ burst, calls, per }: RateLimit): object {
  return { max_tokens: burst, tokens_per_fill: calls, fill_interval: seconds(per) };
}

/** Whole seconds after which each bucket has something again. */
function retryAfter(limits: readonly RateLimit[]): number {
  return Math.max(...limits.map(({ per }) => Math.ceil(per / 1000)));
}

/** Envoy's default is never. */
function always(what: string): object {
  return { default_value: { numerator: 100, denominator: "HUNDRED" }, runtime_key: `e6.rate_limit.${what}` };
}
