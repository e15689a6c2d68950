import type { SignInOptions } from "./engine-port.ts";
import { readGatewayAddress } from "./gateway-address.ts";

/** A field that the user has to look at again, and why. */
export interface SignInProblem {
  readonly kind: "problem";
  readonly field: "gatewayUrl" | "token";
  readonly message: string;
}

/** The connect form, read. */
export type SignInEntry = { readonly kind: "entry"; readonly options: SignInOptions } | SignInProblem;

/** Reads the connect form. With a user, the token is that user's; without one it is a bearer token. */
export function readSignIn(form: FormData, connectOrigins?: readonly string[]): SignInEntry {
  const address = readGatewayAddress(textOf(form, "gatewayUrl"), connectOrigins);
  if (address.kind === "unusable") return { kind: "problem", field: "gatewayUrl", message: address.problem };
  const user = textOf(form, "user").trim();
  // Not trimmed: a blank may be part of a password.
  const token = textOf(form, "token");
  if (token === "") return { kind: "problem", field: "token", message: "Give a token." };
  const catalog = textOf(form, "catalog").trim();
  const schema = textOf(form, "schema").trim();
  return {
    kind: "entry",
    options: {
      url: address.url,
      credential: user === "" ? { kind: "bearer", accessToken: token } : { kind: "user", user, token },
      ...(catalog !== "" && { catalog }),
      ...(schema !== "" && { schema }),
    },
  };
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}
