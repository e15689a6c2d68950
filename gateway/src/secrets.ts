import { join } from "node:path";
import { type Strategy, strategies } from "e6data-web/headers";
import type { GatewaySettings } from "./config/settings.ts";
import type { CertificateFiles } from "./config/tls.ts";
import { type DiscoveryResponse, typed } from "./envoy-config.ts";

/** A certificate as Envoy knows it by name. It holds paths of files, never a key itself. */
export interface CertificateSecret {
  readonly name: string;
  readonly certificate: CertificateFiles;
}

/** Authorities as Envoy knows them by name; they are no secret, and are renewed in the same way. */
export interface AuthoritySecret {
  readonly name: string;
  readonly caFile: string;
}

/** What Envoy follows in a file of its own. */
export type Secret = CertificateSecret | AuthoritySecret;

/** The secret of a certificate, by whose it is: the listener's, or the one that a stack is shown. */
export function certificateSecret(owner: "listener" | Strategy, certificate: CertificateFiles): CertificateSecret {
  return { name: `${owner}_certificate`, certificate };
}

/** The secret of a stack's authorities. */
export function authoritySecret(stack: Strategy, caFile: string): AuthoritySecret {
  return { name: `${stack}_authority`, caFile };
}

/** Every secret of a gateway. */
export function secretsOf({ listener, stacks }: GatewaySettings): readonly Secret[] {
  return [
    ...(listener.tls === undefined ? [] : [certificateSecret("listener", listener.tls)]),
    ...strategies.flatMap((stack) => {
      const { tls } = stacks[stack];
      return tls === undefined
        ? []
        : [
            authoritySecret(stack, tls.caFile),
            ...(tls.certificate === undefined ? [] : [certificateSecret(stack, tls.certificate)]),
          ];
    }),
  ];
}

/** Where a secret's own file lies. */
export function secretPath(folder: string, { name }: Secret): string {
  return join(folder, `${name}.json`);
}

/**
 * A secret's own file. It names the files of PEM, whose folders Envoy watches: whatever is renamed into one of those
 * makes it read them anew, so that a certificate is renewed without a restart, and no connection is closed.
 */
export function secretFile(secret: Secret): DiscoveryResponse {
  const content =
    "certificate" in secret
      ? { tls_certificate: certificateSource(secret.certificate) }
      : { validation_context: authoritySource(secret.caFile) };
  const resource = typed("envoy.extensions.transport_sockets.tls.v3.Secret", { name: secret.name, ...content });
  return { version_info: "1", resources: [resource] };
}

/** A certificate's files, in Envoy's names. */
export function certificateSource({ certificateFile, keyFile }: CertificateFiles): object {
  return { certificate_chain: { filename: certificateFile }, private_key: { filename: keyFile } };
}

/** The file of authorities, in Envoy's names. */
export function authoritySource(caFile: string): object {
  return { trusted_ca: { filename: caFile } };
}
