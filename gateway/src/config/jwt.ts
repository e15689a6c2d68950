import type { Reader } from "./reader.ts";
import { duration, file, listOf, text } from "./rules.ts";

/** Which bearer tokens are let through. The engine gets the token too, and decides for itself. */
export interface JwtSettings {
  /** Who must have issued a token (`iss`). */
  readonly issuer: string;
  /** Whom it must be for (`aud`): one of these. */
  readonly audiences: readonly string[];
  /** The issuer's public keys, a JSON Web Key Set; Envoy reads it once, at its start. */
  readonly jwksFile: string;
  /** Milliseconds by which the issuer's clock may differ. */
  readonly clockSkew: number;
}

/** Reads `jwt`. */
export function readJwt(reader: Reader): JwtSettings {
  return {
    issuer: reader.required("issuer", text("the issuer's name, 1 to 512 printable characters", /^[!-~]{1,512}$/)),
    // Without an audience a token for any other service of the issuer would do.
    audiences: reader.required(
      "audiences",
      listOf(text("an audience, 1 to 512 printable characters", /^[!-~]{1,512}$/), { min: 1, max: 32 }),
    ),
    jwksFile: reader.required("jwksFile", file(reader.folder)),
    clockSkew: reader.get("clockSkew", duration("1s", "5m"), "60s"),
  };
}
