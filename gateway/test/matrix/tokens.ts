import { generateKeyPairSync, sign } from "node:crypto";

/** Who issues the tokens of these tests, and for whom. */
export const issuer = "https://identity.test";
export const audience = "e6data";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** The issuer's public keys, a JSON Web Key Set. */
export const jwks: string = JSON.stringify({
  keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "ES256", use: "sig" }],
});

/** A token that is good for an hour, but for what `claims` says otherwise. */
export function makeToken(claims: Readonly<Record<string, unknown>> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const body = [
    { alg: "ES256", kid: "1" },
    { iss: issuer, aud: audience, sub: "ada", exp: now + 3600, ...claims },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const signature = sign("sha256", Buffer.from(body.join(".")), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return [...body, signature.toString("base64url")].join(".");
}
