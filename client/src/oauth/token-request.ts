import { invalidOption, rejectUnknown } from "../checks.ts";
import type { ClientCredentials } from "./client-credentials.ts";

/** The request for a token, the same each time. */
export interface TokenRequest {
  readonly url: string;
  /** Where id and secret go by header. */
  readonly authorization: string | undefined;
  readonly body: string;
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
}

const known: ReadonlySet<string> = new Set([
  "tokenUrl",
  "clientId",
  "clientSecret",
  "scope",
  "parameters",
  "authentication",
  "timeoutMs",
  "fetch",
]);
const mostTimeoutMs = 600_000;

/** Checks the options and makes the request of them. Throws `INVALID_OPTION`, which never repeats an option's value. */
export function readTokenRequest(options: ClientCredentials): TokenRequest {
  // Not every caller is compiled by TypeScript: from here on nothing is taken for granted.
  const given: unknown = options;
  if (typeof given !== "object" || given === null) {
    throw invalidOption("options", "is not an object", "call clientCredentials({ tokenUrl, clientId, clientSecret })");
  }
  rejectUnknown(given, known, "clientCredentials()");
  const { tokenUrl, scope, parameters = {}, authentication = "basic", timeoutMs = 30_000, fetch } = options;
  const [id, secret] = [readText(options.clientId, "clientId"), readText(options.clientSecret, "clientSecret")];
  if (authentication !== "basic" && authentication !== "post") {
    throw invalidOption("authentication", "is neither basic nor post", "pass one of the two, or leave it out");
  }
  if (typeof timeoutMs !== "number" || !(timeoutMs >= 1 && timeoutMs <= mostTimeoutMs)) {
    throw invalidOption("timeoutMs", `is not a number from 1 to ${mostTimeoutMs}`, "pass milliseconds");
  }
  if (fetch !== undefined && typeof fetch !== "function") {
    throw invalidOption("fetch", "is not a function", "pass a function like globalThis.fetch, or leave it out");
  }
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  for (const [name, value] of Object.entries(parameters)) form.set(name, readText(value, "parameters"));
  if (scope !== undefined) form.set("scope", readText(scope, "scope"));
  const isBasic = authentication === "basic";
  if (!isBasic) {
    form.set("client_id", id);
    form.set("client_secret", secret);
  }
  return {
    url: readTokenUrl(tokenUrl),
    authorization: isBasic ? `Basic ${btoa(`${formText(id)}:${formText(secret)}`)}` : undefined,
    body: form.toString(),
    timeoutMs,
    // Looked up at each call, as connect() does.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

/** A text as RFC 6749 §2.3.1 wants it before Base64: encoded as in a form, and so of ASCII alone. */
function formText(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

function readText(value: unknown, name: string): string {
  if (typeof value !== "string" || value === "") {
    throw invalidOption(
      name,
      value === undefined ? "is missing" : "is not a text",
      "pass what the identity provider gave",
    );
  }
  return value;
}

function readTokenUrl(value: unknown): string {
  const remedy = "pass the token endpoint's absolute address";
  if ((typeof value !== "string" && !(value instanceof URL)) || !URL.canParse(value)) {
    throw invalidOption("tokenUrl", "is not an absolute URL", remedy);
  }
  const { protocol, username, password, href } = new URL(value);
  if (!/^https?:$/.test(protocol) || username !== "" || password !== "") {
    throw invalidOption("tokenUrl", "is not an http or https address without credentials", remedy);
  }
  return href;
}
