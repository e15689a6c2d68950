import type { Reader } from "./reader.ts";
import { file, host, oneOf } from "./rules.ts";

/** A certificate with its private key, as files of PEM. Envoy follows them: see `secrets.ts`. */
export interface CertificateFiles {
  /** The certificate, followed by those between it and its authority. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** TLS of the listener. */
export interface ListenerTls extends CertificateFiles {
  /** The oldest version of TLS that is spoken. */
  readonly minimumVersion: TlsVersion;
}

/** TLS to a stack. */
export interface StackTls {
  /** The authorities, in PEM, of which one must have signed the stack's certificate. */
  readonly caFile: string;
  /** The name, or IP address, that the stack's certificate must be for; asked for by SNI if it is a name. */
  readonly serverName: string;
  /** What the gateway shows to a stack that asks who calls (mutual TLS). */
  readonly certificate: CertificateFiles | undefined;
}

/** The versions of TLS that may be the oldest. */
const tlsVersions = ["1.2", "1.3"] as const;

/** One of {@link tlsVersions}. */
export type TlsVersion = (typeof tlsVersions)[number];

/** Reads `listener.tls`. */
export function readListenerTls(reader: Reader): ListenerTls {
  return {
    ...readCertificate(reader),
    minimumVersion: reader.get("minimumVersion", oneOf(tlsVersions), "1.2"),
  };
}

/** Reads `stacks.*.tls`. Without an authority Envoy would verify nothing: so it has to be there. */
export function readStackTls(reader: Reader): StackTls {
  return {
    caFile: reader.required("caFile", file(reader.folder)),
    serverName: reader.required("serverName", host),
    certificate: reader.optionalSection("clientCertificate", readCertificate),
  };
}

function readCertificate(reader: Reader): CertificateFiles {
  return {
    certificateFile: reader.required("certificateFile", file(reader.folder)),
    keyFile: reader.required("keyFile", file(reader.folder)),
  };
}
