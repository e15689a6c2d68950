import { E6Error } from "./error.ts";
import type { Observer } from "./query/observer.ts";
import type { DeploymentListener } from "./session/deployment-event.ts";
import type { SelectStrategy } from "./session/selection.ts";
import type { StrategyStore } from "./strategy/strategy-store.ts";
import type { BearerToken, TokenProvider } from "./transport/bearer-token.ts";
import { isTraceparent } from "./transport/traceparent.ts";

/** What {@link connect} needs to know beside who signs in. */
export interface ConnectionTarget {
  /** Address of the gateway, absolute: `https://gateway.example.com`. A path is kept as a prefix of every call. */
  readonly url: string | URL;
  /** Catalog in which unqualified names are looked up. Default: the engine's. */
  readonly catalog?: string | undefined;
  /** Schema in which unqualified names are looked up. Default: the engine's. */
  readonly schema?: string | undefined;
  /** Name of the cluster behind a gateway that serves several. Default: none is sent. */
  readonly cluster?: string | undefined;
  /** Whether a suspended cluster is resumed by itself when work needs it. Default: true. */
  readonly autoResume?: boolean | undefined;
  /** Largest answer that is read, in bytes: one batch of a result is one answer. Default: 64 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** Makes the HTTP calls. Default: `globalThis.fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * Follow every query: traces, metrics and logs of `e6data-web/telemetry`, and functions of your own. Default: none.
   */
  readonly observe?: readonly Observer[] | undefined;
  /** Is told of each {@link DeploymentEvent} of the connection. More can listen by `connection.strategy`. Default: none. */
  readonly onDeployment?: DeploymentListener | undefined;
  /** Names the stack for each piece of new work: {@link SelectStrategy}. Default: the active one. */
  readonly selectStrategy?: SelectStrategy | undefined;
  /**
   * The W3C trace context that goes with every call of the connection, where a query has none of its own. Default: none is
   * sent.
   */
  readonly traceparent?: string | undefined;
  /**
   * How long what is known about the deployment is believed before it is looked at again, for which no query waits, in
   * milliseconds. Default: 300,000, five minutes; from 60,000 to 1,800,000.
   */
  readonly deploymentTtlMs?: number | undefined;
  /**
   * How long the failures of one query, or of one other call, are cured by themselves: after so many milliseconds of recovery no
   * further try begins. The time that a cluster takes to wake up is not among them. 0: nothing is tried a second time. Default: 60,000;
   * up to 600,000.
   */
  readonly recoveryTimeoutMs?: number | undefined;
  /**
   * Who shares what is known about the deployment: all pages of the origin that use this gateway and cluster (`"shared"`), this
   * connection alone (`"memory"`), or those who use a store of your own, which the connection does not close. Default: `"shared"`
   * in a browser, `"memory"` elsewhere.
   */
  readonly store?: "shared" | "memory" | StrategyStore | undefined;
}

/** Sign-in by user and access token: the connection keeps a session on each stack. */
export interface PasswordSignIn {
  /** Who signs in. */
  readonly user: string;
  /** The user's access token, sent as the password. */
  readonly token: string;
  /** The user whose rights count, where the one who signs in works for another. Default: the one who signs in. */
  readonly impersonate?: string | undefined;
  /** The claim by which the engine finds that user. Default: the engine's. */
  readonly customIdentityClaim?: string | undefined;
  readonly accessToken?: undefined;
}

/** Sign-in by bearer token, sent with every call; no session exists. */
export interface BearerSignIn {
  /**
   * The token, or a function that gives one. It is asked again when the engine refuses a token, which it then gets told, and a minute
   * before the `expiresAt` that it gave. `clientCredentials()` of `e6data-web/oauth` makes such a function.
   */
  readonly accessToken: string | ((refused?: string) => Promise<string | BearerToken>);
  readonly user?: undefined;
  readonly token?: undefined;
  readonly impersonate?: undefined;
  readonly customIdentityClaim?: undefined;
}

/** Options of {@link connect}. */
export type ConnectOptions = ConnectionTarget & (PasswordSignIn | BearerSignIn);

/** Who signs in, in the one form that the rest of the library reads. */
export type Credentials =
  | { readonly kind: "password"; readonly user: string; readonly token: string }
  | { readonly kind: "bearer"; readonly provide: TokenProvider };

/** {@link ConnectOptions} checked, with every default filled in. */
export interface Settings {
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly catalog: string;
  readonly schema: string;
  readonly cluster: string | undefined;
  readonly autoResume: boolean;
  readonly impersonate: string | undefined;
  readonly customIdentityClaim: string | undefined;
  readonly maxMessageBytes: number;
  readonly fetch: typeof globalThis.fetch;
  readonly observe: readonly Observer[];
  /** The listener, or none. */
  readonly onDeployment: readonly DeploymentListener[];
  /** The function, or none. */
  readonly selectStrategy: readonly SelectStrategy[];
  readonly traceparent: string | undefined;
  readonly store: "shared" | "memory" | StrategyStore;
  readonly deploymentTtlMs: number;
  readonly recoveryTimeoutMs: number;
}

/** Options as they came, not checked yet. */
type Given = Readonly<Record<string, unknown>>;

const defaultMaxMessageBytes = 64 * 1024 * 1024;
const maxTextLength = 4096;

const known = new Set([
  "url",
  "user",
  "token",
  "accessToken",
  "catalog",
  "schema",
  "cluster",
  "autoResume",
  "impersonate",
  "customIdentityClaim",
  "maxMessageBytes",
  "fetch",
  "observe",
  "onDeployment",
  "selectStrategy",
  "traceparent",
  "store",
  "deploymentTtlMs",
  "recoveryTimeoutMs",
]);

/**
 * Checks what the caller passed to `connect()`. Throws `INVALID_OPTION`, naming the option, the cause and the
 * remedy; the value of an option is never repeated, for it may be a secret in the wrong place.
 */
export function readOptions(options: ConnectOptions): Settings {
  // Not every caller is compiled by TypeScript: from here on nothing is taken for granted.
  const given: unknown = options;
  if (!isRecord(given)) {
    throw invalidOption("options", "is not an object", "call connect({ url, user, token })");
  }
  rejectUnknown(given, known, "connect()");
  return {
    baseUrl: readUrl(given["url"]),
    credentials: readCredentials(given),
    catalog: readName(given["catalog"], "catalog"),
    schema: readName(given["schema"], "schema"),
    cluster: readCluster(given["cluster"]),
    autoResume: readFlag(given["autoResume"], "autoResume", true),
    impersonate: readIdentity(given, "impersonate"),
    customIdentityClaim: readIdentity(given, "customIdentityClaim"),
    maxMessageBytes: readMaxMessageBytes(given["maxMessageBytes"]),
    fetch: readFetch(given["fetch"]),
    observe: readObservers(given["observe"]),
    onDeployment: readFunction(given, "onDeployment"),
    selectStrategy: readFunction(given, "selectStrategy"),
    traceparent: readTraceparent(given["traceparent"]),
    store: readStore(given["store"]),
    deploymentTtlMs: readTime(given, "deploymentTtlMs", 300_000, 60_000, 1_800_000),
    recoveryTimeoutMs: readTime(given, "recoveryTimeoutMs", 60_000, 0, 600_000),
  };
}

/** Throws `INVALID_OPTION` if `given` has a key that is not in `names`. */
export function rejectUnknown(given: object, names: ReadonlySet<string>, where: string): void {
  const unknown = Object.keys(given).find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw invalidOption(unknown, `is not known to ${where}`, `remove it; known are: ${[...names].join(", ")}`);
  }
}

/** The error for a wrong option, in the one form that all of them have. */
export function invalidOption(name: string, cause: string, remedy: string): E6Error {
  return new E6Error("INVALID_OPTION", `option "${name}" ${cause}: ${remedy}`, { hint: remedy });
}

/** The gateway's address without a slash at its end. Throws `INVALID_OPTION`. */
export function readUrl(value: unknown): string {
  const remedy = "pass the gateway's absolute address, such as https://gateway.example.com";
  if (typeof value !== "string" && !(value instanceof URL)) {
    throw invalidOption("url", value === undefined ? "is missing" : "is neither a string nor a URL", remedy);
  }
  if (!URL.canParse(value)) {
    throw invalidOption("url", "is not an absolute URL", remedy);
  }
  const url = new URL(value);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw invalidOption("url", "is neither http nor https", remedy);
  }
  if (url.username !== "" || url.password !== "") {
    throw invalidOption("url", "holds credentials", 'pass them as "user" and "token", or as "accessToken"');
  }
  if (url.search !== "" || url.hash !== "") {
    throw invalidOption("url", "has a query or a fragment", remedy);
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

function readCredentials(given: Given): Credentials {
  const { user, token, accessToken } = given;
  const either = 'pass either "user" and "token", or "accessToken"';
  if (accessToken === undefined) {
    return { kind: "password", user: readSecret(user, "user", either), token: readSecret(token, "token", either) };
  }
  if (user !== undefined || token !== undefined) {
    throw invalidOption("accessToken", 'is given beside "user" or "token"', either);
  }
  if (typeof accessToken === "function") {
    // The type of the option says what the function gives; the answer is checked when it comes.
    const provider = accessToken as (refused?: string) => Promise<unknown>;
    return { kind: "bearer", provide: async (refused) => readGivenToken(await provider(refused)) };
  }
  const fixed = { token: readBearerToken(accessToken) };
  return { kind: "bearer", provide: () => Promise.resolve(fixed) };
}

function readSecret(value: unknown, name: string, remedy: string): string {
  if (value === undefined || value === "") {
    throw invalidOption(name, value === undefined ? "is missing" : "is empty", remedy);
  }
  if (typeof value !== "string") {
    throw invalidOption(name, "is not a string", remedy);
  }
  return value;
}

/** What the caller's function gave: a token alone, or with its end. */
function readGivenToken(given: unknown): BearerToken {
  if (!isRecord(given)) {
    return { token: readBearerToken(given) };
  }
  const { token, expiresAt } = given;
  if (expiresAt !== undefined && !Number.isFinite(expiresAt)) {
    throw invalidOption("accessToken", 'gave an "expiresAt" that is no number', "give milliseconds since 1970");
  }
  return { token: readBearerToken(token), expiresAt: expiresAt === undefined ? undefined : Number(expiresAt) };
}

/** A token as a header may carry it. */
function readBearerToken(value: unknown): string {
  const remedy = "pass a token, or a function that resolves to one";
  const token = readSecret(value, "accessToken", remedy);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw invalidOption("accessToken", "holds blanks or characters that no HTTP header may carry", remedy);
  }
  return token;
}

function readName(value: unknown, name: string): string {
  if (value === undefined) {
    return "";
  }
  if (typeof value !== "string" || value.length > maxTextLength) {
    throw invalidOption(name, `is not a string of at most ${maxTextLength} characters`, `pass the ${name}'s name`);
  }
  return value;
}

function readFlag(value: unknown, name: string, byDefault: boolean): boolean {
  if (value !== undefined && typeof value !== "boolean") {
    throw invalidOption(name, "is neither true nor false", "pass true or false, or leave it out");
  }
  return value ?? byDefault;
}

/** Impersonation is said when a session begins: a bearer token has none. */
function readIdentity(given: Given, name: string): string | undefined {
  const value = given[name];
  if (value === undefined) {
    return undefined;
  }
  const remedy = 'pass it beside "user" and "token", or leave it out';
  if (given["accessToken"] !== undefined) {
    throw invalidOption(name, 'is given beside "accessToken"', remedy);
  }
  return readSecret(value, name, remedy);
}

/** A cluster's name in lower case. Throws `INVALID_OPTION`. */
export function readCluster(value: unknown): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== "string" || !/^[\w.-]{1,255}$/.test(value)) {
    throw invalidOption("cluster", "is not a cluster's name", "use letters, digits, '.', '_' and '-', at most 255");
  }
  return value.toLowerCase();
}

function readMaxMessageBytes(value: unknown): number {
  if (value === undefined) {
    return defaultMaxMessageBytes;
  }
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1 || value > 2 ** 31 - 1) {
    throw invalidOption("maxMessageBytes", "is not a whole number from 1 to 2147483647", "pass a size in bytes");
  }
  return value;
}

/** The function that makes HTTP calls; by default that of the platform. Throws `INVALID_OPTION` for what is none. */
export function readFetch(value: unknown): typeof globalThis.fetch {
  if (value === undefined) {
    // Looked up at each call: a page may wrap fetch after it has connected, and browsers want it called on the global.
    return (input, init) => globalThis.fetch(input, init);
  }
  if (typeof value !== "function") {
    throw invalidOption("fetch", "is not a function", "pass a function like globalThis.fetch, or leave it out");
  }
  // A function cannot be checked further without calling it.
  return value as typeof globalThis.fetch;
}

function readObservers(value: unknown): readonly Observer[] {
  if (value === undefined) {
    return [];
  }
  if (!Array.isArray(value) || !value.every((item) => typeof item === "function")) {
    throw invalidOption("observe", "is not a list of functions", "pass observers, such as [logQueries(console)]");
  }
  // A copy; and a function cannot be checked further without calling it.
  return [...value] as Observer[];
}

/** A function of the caller's: a list of one, or empty where there is none. */
function readFunction<F extends (...values: never[]) => unknown>(given: Given, name: string): F[] {
  const value = given[name];
  if (value === undefined) return [];
  if (typeof value !== "function") throw invalidOption(name, "is not a function", "pass one, or leave it out");
  // It cannot be checked further without calling it.
  return [value as F];
}

/** A header that somebody forwards may hold anything: one that is no trace context is left out, as the recommendation wants it. */
function readTraceparent(value: unknown): string | undefined {
  if (value !== undefined && typeof value !== "string") {
    throw invalidOption("traceparent", "is not a text", "pass a W3C trace context, or leave it out");
  }
  return isTraceparent(value) ? value : undefined;
}

function readTime(given: Given, name: string, byDefault: number, least: number, most: number): number {
  const { [name]: value = byDefault } = given;
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw invalidOption(name, "is out of range", `pass ${least} to ${most}, or leave it out`);
}

function readStore(value: unknown): Settings["store"] {
  if (value === undefined || value === "shared" || value === "memory") {
    return value ?? "shared";
  }
  const methods = ["read", "dispatch", "subscribe", "close"];
  if (!isRecord(value) || methods.some((name) => typeof value[name] !== "function")) {
    throw invalidOption("store", "is no store", 'pass "shared", "memory" or a StrategyStore');
  }
  // Functions cannot be checked further without calling them.
  return value as unknown as StrategyStore;
}

function isRecord(value: unknown): value is Given {
  return typeof value === "object" && value !== null;
}
