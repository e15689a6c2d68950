import { checkAll, flag } from "../checks.ts";
import { E6Error } from "../error.ts";
import { parseStrategy, type Strategy } from "../headers.ts";
import { invalidParameter } from "../invalid-parameter.ts";

/**
 * A query that runs, as plain data: what another tab, the page after a reload or another isolate needs to go on with it. Holds
 * nothing secret unless asked. It names the rows that were left when it was taken; rows read meanwhile by somebody else are gone,
 * for the engine hands out each once: who attaches is told by `RESULT_INCOMPLETE`, unless the engine knows no count.
 */
export interface QueryHandle {
  /** The form of the handle: one of another version is stale. */
  readonly version: 1;
  /** The engine's id of the query. */
  readonly queryId: string;
  /** The engine that holds the query. */
  readonly engineIP: string;
  /** The stack that the query lives on, also when another one is active. */
  readonly strategy: Strategy;
  /** True if the statement only reads. */
  readonly readOnly: boolean;
  /** Rows that were handed out before: who attaches gets those behind them. */
  readonly rowsDelivered: number;
  /** The session, a secret: whoever has it can act as its user. */
  readonly sessionId?: string;
}

/** Options of `handle()`. */
export interface HandleOptions {
  /**
   * Puts the session's id into the handle. It is a secret: store and send it as you would a password. Without it who attaches
   * needs a session or sign-in of the same user on the query's stack, which takes no sign-in any more once it is not active.
   * Not needed with a bearer token. An engine may replace a session's id while it is used: an old one holds for a while only.
   * Default: false.
   */
  readonly includeSessionSecret?: boolean | undefined;
}

/** Throws `INVALID_OPTION` for options that are none of {@link HandleOptions}. */
export function checkHandleOptions(options: HandleOptions): HandleOptions {
  checkAll(options, { includeSessionSecret: flag }, "handle()");
  return options;
}

// Parts of a handle become headers and requests: what no engine writes is not let through.
const isWord = (value: unknown) => typeof value === "string" && /^[\x21-\x7e]{0,1024}$/.test(value);
const isId = (value: unknown) => value !== "" && isWord(value);
const checks: Readonly<Record<Exclude<keyof QueryHandle, "version">, (value: unknown) => boolean>> = {
  queryId: isId,
  engineIP: isWord,
  strategy: (value) => typeof value === "string" && parseStrategy(value) === value,
  readOnly: (value) => typeof value === "boolean",
  rowsDelivered: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  sessionId: (value) => value === undefined || isId(value),
};

/**
 * Checks what somebody stored or sent. Throws `INVALID_PARAMETER` for what is no handle, naming the part and never its value, and
 * `STALE_HANDLE` for one of another version of this library.
 */
export function readHandle(handle: unknown): QueryHandle {
  const hint = "pass what handle() gave, or JSON.parse() of its JSON";
  if (typeof handle !== "object" || handle === null) {
    throw invalidParameter("the handle is not an object", hint);
  }
  const part = (name: string): unknown => (Object.hasOwn(handle, name) ? Reflect.get(handle, name) : undefined);
  const version = part("version");
  if (typeof version === "number" && version !== 1) {
    throw new E6Error("STALE_HANDLE", "the handle was made by another version", { hint: "run the query again" });
  }
  const wrong = version === 1 ? Object.entries(checks).find(([name, test]) => !test(part(name)))?.[0] : "version";
  if (wrong !== undefined) {
    throw invalidParameter(`"${wrong}" of the handle is not what handle() gives`, hint);
  }
  // Each part was checked; others are left behind.
  return Object.fromEntries(
    ["version", ...Object.keys(checks)].map((name) => [name, part(name)]),
  ) as unknown as QueryHandle;
}
