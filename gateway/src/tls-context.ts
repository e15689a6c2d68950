import { isIP } from "node:net";
import type { Strategy } from "e6data-web/headers";
import type { ListenerTls, StackTls, TlsVersion } from "./config/tls.ts";
import { type Extension, typed } from "./envoy-config.ts";
import {
  type AuthoritySecret,
  authoritySecret,
  authoritySource,
  type CertificateSecret,
  certificateSecret,
  certificateSource,
  type Secret,
  secretPath,
} from "./secrets.ts";

/**
 * Where Envoy takes its secrets from: the folder of their files, which it follows (see `secrets.ts`), or the
 * configuration itself, where alone its validation looks at them.
 */
export type SecretSource = { readonly folder: string } | "inline";

const protocolVersions: Readonly<Record<TlsVersion, string>> = { "1.2": "TLSv1_2", "1.3": "TLSv1_3" };

/** TLS of the listener: HTTP/2 and HTTP/1.1 are agreed on by ALPN. */
export function listenerTlsSocket(tls: ListenerTls, source: SecretSource): Extension {
  return socket("DownstreamTlsContext", {
    common_tls_context: {
      alpn_protocols: ["h2", "http/1.1"],
      tls_params: tlsParameters(tls.minimumVersion),
      ...certificates(certificateSecret("listener", tls), source),
    },
  });
}

/** TLS to a stack: its certificate must be signed by one of the authorities and be for the name. */
export function stackTlsSocket(stack: Strategy, tls: StackTls, source: SecretSource): Extension {
  const isName = isIP(tls.serverName) === 0;
  const names = {
    match_typed_subject_alt_names: [{ san_type: isName ? "DNS" : "IP_ADDRESS", matcher: { exact: tls.serverName } }],
  };
  return socket("UpstreamTlsContext", {
    ...(isName ? { sni: tls.serverName } : {}),
    common_tls_context: {
      alpn_protocols: ["h2"],
      tls_params: tlsParameters("1.2"),
      ...(tls.certificate === undefined ? {} : certificates(certificateSecret(stack, tls.certificate), source)),
      ...validation(authoritySecret(stack, tls.caFile), names, source),
    },
  });
}

function socket(context: "DownstreamTlsContext" | "UpstreamTlsContext", config: object): Extension {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: typed(`envoy.extensions.transport_sockets.tls.v3.${context}`, config),
  };
}

/** The newest is said too: as a caller Envoy would speak TLS 1.2 at most. */
function tlsParameters(minimum: TlsVersion): object {
  return {
    tls_minimum_protocol_version: protocolVersions[minimum],
    tls_maximum_protocol_version: protocolVersions["1.3"],
  };
}

function certificates(secret: CertificateSecret, source: SecretSource): object {
  return source === "inline"
    ? { tls_certificates: [certificateSource(secret.certificate)] }
    : { tls_certificate_sds_secret_configs: [sdsConfig(secret, source.folder)] };
}

function validation(secret: AuthoritySecret, names: object, source: SecretSource): object {
  return source === "inline"
    ? { validation_context: { ...names, ...authoritySource(secret.caFile) } }
    : {
        combined_validation_context: {
          default_validation_context: names,
          validation_context_sds_secret_config: sdsConfig(secret, source.folder),
        },
      };
}

function sdsConfig(secret: Secret, folder: string): object {
  return {
    name: secret.name,
    sds_config: { resource_api_version: "V3", path_config_source: { path: secretPath(folder, secret) } },
  };
}
