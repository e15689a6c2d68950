import {
  anything,
  type Check,
  callable,
  checkAll,
  flag,
  invalidOption,
  numberFrom,
  text,
  wholeNumberFrom,
} from "./checks.ts";
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

const isToken = (value: unknown) => typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
const words: Check = [(value) => typeof value === "string" && value !== "", "a text that is not empty"];

/** A cluster's name. */
export const clusterName: Check = [
  (value) => typeof value === "string" && /^[\w.-]{1,255}$/.test(value),
  "a cluster's name of letters, digits, '.', '_' and '-', at most 255",
];

const checks: { readonly [Name in keyof ConnectOptions]-?: Check } = {
  url: anything,
  user: words,
  token: words,
  accessToken: [
    (value) => typeof value === "function" || isToken(value),
    "a token, or a function that resolves to one",
  ],
  catalog: text,
  schema: text,
  cluster: clusterName,
  autoResume: flag,
  impersonate: words,
  customIdentityClaim: words,
  maxMessageBytes: wholeNumberFrom(1, 2 ** 31 - 1),
  fetch: callable,
  observe: [(value) => Array.isArray(value) && value.every(callable[0]), "a list of functions"],
  onDeployment: callable,
  selectStrategy: callable,
  // A header that somebody forwards may hold anything.
  traceparent: [(value) => typeof value === "string", "a text"],
  store: [isStore, '"shared", "memory" or a StrategyStore'],
  deploymentTtlMs: numberFrom(60_000, 1_800_000),
  recoveryTimeoutMs: numberFrom(0, 600_000),
};

/** Checks what the caller passed to `connect()`. Throws `INVALID_OPTION`, as {@link checkAll} does. */
export function readOptions(options: ConnectOptions): Settings {
  checkAll(options, checks, "connect()");
  const { cluster, impersonate, customIdentityClaim, onDeployment, selectStrategy, traceparent } = options;
  return {
    baseUrl: readUrl(options.url),
    credentials: readCredentials(options),
    catalog: options.catalog ?? "",
    schema: options.schema ?? "",
    cluster: cluster?.toLowerCase(),
    autoResume: options.autoResume ?? true,
    impersonate,
    customIdentityClaim,
    maxMessageBytes: options.maxMessageBytes ?? 64 * 1024 * 1024,
    // Looked up at each call: a page may wrap fetch after it has connected, and browsers want it called on the global.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    observe: [...(options.observe ?? [])],
    onDeployment: onDeployment ? [onDeployment] : [],
    selectStrategy: selectStrategy ? [selectStrategy] : [],
    // One that is malformed is left out, as the recommendation wants it.
    traceparent: isTraceparent(traceparent) ? traceparent : undefined,
    store: options.store ?? "shared",
    deploymentTtlMs: options.deploymentTtlMs ?? 300_000,
    recoveryTimeoutMs: options.recoveryTimeoutMs ?? 60_000,
  };
}

/** The gateway's address without a slash at its end. Throws `INVALID_OPTION`. */
export function readUrl(value: unknown): string {
  const given = typeof value === "string" || value instanceof URL ? value : "";
  const remedy = "pass the gateway's address, such as https://gateway.example.com";
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url?.protocol.match(/^https?:$/)) throw invalidOption("url", "is not an absolute URL of http or https", remedy);
  const { username, password, search, hash, origin, pathname } = url;
  if (username + password + search + hash !== "") {
    throw invalidOption("url", "holds credentials, a query or a fragment", remedy);
  }
  return origin + pathname.replace(/\/+$/, "");
}

/** Impersonation is said when a session begins: a bearer token has none. */
const beside = ["user", "token", "impersonate", "customIdentityClaim"] as const;

function readCredentials(options: ConnectOptions): Credentials {
  const either = 'pass either "user" and "token", or "accessToken"';
  if (options.accessToken === undefined) {
    const { user, token } = options;
    // Not every caller is compiled by TypeScript.
    if (user === undefined || token === undefined) {
      throw invalidOption(user === undefined ? "user" : "token", "is missing", either);
    }
    return { kind: "password", user, token };
  }
  const tooMuch = beside.find((name) => options[name] !== undefined);
  if (tooMuch !== undefined) throw invalidOption(tooMuch, 'is given beside "accessToken"', either);
  const { accessToken } = options;
  if (typeof accessToken === "function") {
    return { kind: "bearer", provide: async (refused) => readGivenToken(await accessToken(refused)) };
  }
  return { kind: "bearer", provide: () => Promise.resolve({ token: accessToken }) };
}

/** What the caller's function gave, whatever its type says: a token alone, or with its end. */
function readGivenToken(given: unknown): BearerToken {
  const { token, expiresAt }: { readonly token?: unknown; readonly expiresAt?: unknown } = isRecord(given)
    ? given
    : { token: given };
  if (typeof token !== "string" || !isToken(token) || (expiresAt !== undefined && !Number.isFinite(expiresAt))) {
    const remedy = 'give a token that a header may carry, or { token, "expiresAt" in milliseconds since 1970 }';
    throw invalidOption("accessToken", "gave no token", remedy);
  }
  return { token, expiresAt: expiresAt === undefined ? undefined : Number(expiresAt) };
}

function isStore(value: unknown): boolean {
  const methods = ["read", "dispatch", "subscribe", "close"];
  return (
    value === "shared" ||
    value === "memory" ||
    (isRecord(value) && methods.every((name) => typeof value[name] === "function"))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
