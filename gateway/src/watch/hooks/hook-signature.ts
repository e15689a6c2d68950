import { createHmac } from "node:crypto";

/** Bytes that a key may have, as the Standard Webhooks have it. */
export const keyBytes = { min: 24, max: 64 } as const;

/**
 * Reads the keys of a secret file: one a line, `whsec_` and base64. With two, receivers can be given a new key before the old one
 * goes. Nothing if the file holds anything else, or no key.
 */
export function parseKeys(text: string): readonly Uint8Array[] | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const keys = lines.filter((line) => line !== "").map(parseKey);
  const good = keys.filter((key) => key !== undefined);
  return good.length > 0 && good.length === keys.length ? good : undefined;
}

function parseKey(line: string): Uint8Array | undefined {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
  const key = Buffer.from(base64 ?? "", "base64");
  return key.length >= keyBytes.min && key.length <= keyBytes.max ? key : undefined;
}

/** What a receiver knows a request by: https://www.standardwebhooks.com. */
export interface SignedHeaders {
  /** The same for each attempt to tell of one event. */
  readonly "webhook-id": string;
  /** Seconds since 1970, of this attempt: a receiver refuses what is old. */
  readonly "webhook-timestamp": string;
  /** One signature for each key. */
  readonly "webhook-signature": string;
}

/** Signs a body. */
export function signedHeaders(keys: readonly Uint8Array[], id: string, seconds: number, body: string): SignedHeaders {
  const signatures = keys.map((key) => {
    return `v1,${createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": String(seconds), "webhook-signature": signatures.join(" ") };
}
