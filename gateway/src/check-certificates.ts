import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { strategies } from "e6data-web/headers";
import type { GatewaySettings } from "./config/settings.ts";
import type { CertificateFiles } from "./config/tls.ts";
import { GatewayError } from "./gateway-error.ts";

type Checked = Pick<GatewaySettings, "listener" | "stacks">;

/**
 * Looks at every file of certificates that a configuration names, before Envoy does: its words about them are few, and
 * a certificate that has run out, or is not the key's, it would find at the first call. `now` is the time, in
 * milliseconds. Rejects with `INVALID_OPTION`.
 */
export async function checkCertificates({ listener, stacks }: Checked, now = Date.now()): Promise<void> {
  if (listener.tls !== undefined) {
    await checkCertificate("listener.tls", listener.tls, now);
  }
  for (const stack of strategies) {
    const { tls } = stacks[stack];
    if (tls !== undefined) {
      await checkAuthorities(`stacks.${stack}.tls.caFile`, tls.caFile, now);
    }
    if (tls?.certificate !== undefined) {
      await checkCertificate(`stacks.${stack}.tls.clientCertificate`, tls.certificate, now);
    }
  }
}

async function checkCertificate(section: string, { certificateFile, keyFile }: CertificateFiles, now: number) {
  const key = `${section}.certificateFile`;
  const [certificate, ...others] = await readCertificates(key, certificateFile);
  if (certificate !== undefined && !holds(certificate, now)) {
    throw outdated(key, certificateFile, certificate);
  }
  const issuer = certificate && outdatedIssuer(certificate, others, now);
  if (issuer !== undefined) {
    throw outdated(key, certificateFile, issuer, "sends an issuer's certificate that ");
  }
  const privateKey = await readPrivateKey(`${section}.keyFile`, keyFile);
  if (certificate?.checkPrivateKey(privateKey) !== true) {
    throw refusal(
      `${section}.keyFile`,
      keyFile,
      "is not the key of certificateFile: give the two that belong together",
    );
  }
}

/**
 * The first certificate on the way from one up to its authority that does not hold, where no other way is good: callers would refuse the
 * whole chain. Several ways there are where an authority's key was signed by more than one. What stands beside them is no matter to callers,
 * nor is one that has issued itself: those whom they trust they know by themselves.
 */
function outdatedIssuer(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  now: number,
): X509Certificate | undefined {
  const between = others.filter((other) => !other.checkIssued(other));
  const issuers = between.filter((other) => certificate.checkIssued(other));
  const lasting = issuers.filter((other) => holds(other, now));
  // Each step leaves fewer, also where two have issued each other.
  const rest = between.filter((other) => !issuers.includes(other));
  const ends = lasting.map((issuer) => outdatedIssuer(issuer, rest, now));
  return ends.includes(undefined) ? undefined : (ends[0] ?? issuers[0]);
}

async function checkAuthorities(key: string, path: string, now: number): Promise<void> {
  const authorities = (await readCertificates(key, path)).filter(({ ca }) => ca);
  const [first] = authorities;
  if (first === undefined) {
    throw refusal(key, path, "holds no certificate of an authority: give the one that signs the stack's");
  }
  // Those that a system trusts are many, and some have always run out.
  if (!authorities.some((certificate) => holds(certificate, now))) {
    throw outdated(key, path, first);
  }
}

/** At least one. */
async function readCertificates(key: string, path: string): Promise<readonly X509Certificate[]> {
  const text = await readText(key, path);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    throw refusal(key, path, "holds no certificate: give the file in PEM");
  }
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw refusal(key, path, "holds what is no certificate: give the file in PEM", cause);
    }
  });
}

function holds({ validFromDate, validToDate }: X509Certificate, now: number): boolean {
  return validFromDate.getTime() <= now && now < validToDate.getTime();
}

function outdated(key: string, path: string, { validFrom, validTo }: X509Certificate, which = ""): GatewayError {
  return refusal(key, path, `${which}holds only from ${validFrom} to ${validTo}: renew it`);
}

async function readPrivateKey(key: string, path: string): Promise<KeyObject> {
  const text = await readText(key, path);
  try {
    return createPrivateKey(text);
  } catch {
    // Without the cause: it may hold what was read.
    throw refusal(key, path, "holds no private key without a password: give the file in PEM");
  }
}

async function readText(key: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw refusal(key, path, `cannot be read (${reason}): name a file that this program, and Envoy, may read`, cause);
  }
}

function refusal(key: string, path: string, problem: string, cause?: unknown): GatewayError {
  return new GatewayError("INVALID_OPTION", `${key}, ${path}, ${problem}`, cause === undefined ? undefined : { cause });
}
