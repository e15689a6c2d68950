import { E6Error } from "../error.ts";
import type { BearerToken } from "../transport/bearer-token.ts";
import type { TokenRequest } from "./token-request.ts";

/** Far more than any token: what is longer is no answer of an identity provider. */
const mostCharacters = 65_536;

/**
 * Asks the identity provider for a token. Rejects with `AUTHENTICATION_FAILED`; of the answer only its HTTP status and the closed
 * list of OAuth's own error codes are told, for the rest may repeat a secret.
 */
export async function askForToken(request: TokenRequest, now: () => number): Promise<BearerToken> {
  const asked = now();
  const { ok, status, text } = await post(request);
  const answer = parse(text);
  if (!ok) {
    const { error } = answer;
    const reason = typeof error === "string" && oauthErrors.has(error) ? `"${error}", ` : "";
    throw failed(`the identity provider refused: ${reason}HTTP status ${status}`, status >= 500 || status === 429);
  }
  const { access_token: token, token_type: type = "bearer", expires_in: seconds } = answer;
  if (typeof token !== "string" || token === "" || typeof type !== "string" || type.toLowerCase() !== "bearer") {
    throw failed("the identity provider's answer holds no bearer token", false);
  }
  const life = Number(seconds);
  return life > 0 ? { token, expiresAt: asked + life * 1000 } : { token };
}

/** RFC 6749 §5.2 and, where an endpoint is busy, §4.1.2.1. */
const oauthErrors: ReadonlySet<string> = new Set([
  "invalid_request",
  "invalid_client",
  "invalid_grant",
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
  "server_error",
  "temporarily_unavailable",
]);

async function post({ url, authorization, body, timeoutMs, fetch }: TokenRequest) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  try {
    const headers = {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
      ...(authorization !== undefined && { authorization }),
    };
    // Redirects are not followed: the secret goes to the address that was given, and nowhere else.
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal: limit.signal });
    return { ok: response.ok, status: response.status, text: await readText(response) };
  } catch (error) {
    const why = limit.signal.aborted ? `gave no answer within ${timeoutMs} ms` : "could not be reached";
    throw failed(`the identity provider ${why}`, true, error);
  } finally {
    clearTimeout(timer);
  }
}

async function readText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  // Leaving the loop early cancels the rest of the body.
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > mostCharacters) return "";
  }
  return text + decoder.decode();
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function failed(message: string, retryable: boolean, cause?: unknown): E6Error {
  const hint = "check the options of clientCredentials() and the identity provider";
  return new E6Error("AUTHENTICATION_FAILED", message, { retryable, hint, ...(cause !== undefined && { cause }) });
}
