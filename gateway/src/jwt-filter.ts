import type { JwtSettings } from "./config/jwt.ts";
import { type Extension, typed } from "./envoy-config.ts";

/** The name under which the one provider of tokens is referred to. */
const provider = "caller";

/** The check of bearer tokens as a filter of the chain; no filter where there is none. */
export function jwtFilter(jwt: JwtSettings | undefined): readonly Extension[] {
  if (jwt === undefined) {
    return [];
  }
  return [
    {
      name: "envoy.filters.http.jwt_authn",
      typed_config: typed("envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication", {
        providers: { [provider]: jwtProvider(jwt) },
        // Every path: those that lead nowhere need not be known to strangers.
        rules: [{ match: { prefix: "/" }, requires: { provider_name: provider } }],
      }),
    },
  ];
}

function jwtProvider({ issuer, audiences, jwksFile, clockSkew }: JwtSettings): object {
  return {
    issuer,
    audiences,
    // Read once, at the start: Envoy does not follow this file.
    local_jwks: { filename: jwksFile },
    // Not the query of a URL, which Envoy would look at too: it stands in logs.
    from_headers: [{ name: "authorization", value_prefix: "Bearer " }],
    // The engine looks at it again.
    forward: true,
    require_expiration: true,
    clock_skew_seconds: Math.ceil(clockSkew / 1000),
  };
}
