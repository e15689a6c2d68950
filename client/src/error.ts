import type { E6ErrorCode } from "./error-code.ts";
import type { Strategy } from "./headers.ts";
import type { SqlPosition } from "./transport/sql-position.ts";

/** What is known about a failure beside its code and message. Never credentials, bound values or SQL. */
export interface E6ErrorDetails {
  /** The error that caused this one. */
  readonly cause?: unknown;
  /** The query that failed, where there was one already. */
  readonly queryId?: string;
  /** The stack that answered, or that the call was meant for. */
  readonly strategy?: Strategy;
  /** True if the same call may succeed when it is made again. Default: false. */
  readonly retryable?: boolean;
  /** The gateway's reason, where the gateway gave one. */
  readonly reason?: string;
  /** Rows that the readers of the query had been handed before the failure, those of a handle's former readers included. */
  readonly rowsDelivered?: number;
  /** Where in the statement the engine found the error, where its text says so. */
  readonly position?: SqlPosition | undefined;
  /** Which set of values it was, from 0, where a statement is run for many. */
  readonly paramsIndex?: number;
  /** What the reader can do about it. */
  readonly hint?: string;
}

// A registered symbol, not `instanceof`: an error from another realm or a second copy of the package is one of ours too.
const brand = Symbol.for("e6data-web.E6Error");

/** What an error shows of its details: these and no others. */
const detailNames = ["queryId", "strategy", "reason", "rowsDelivered", "position", "paramsIndex", "hint"] as const;

/** The one error class of this library. `code` says what happened; each code has a heading in `docs/errors.md`. */
export class E6Error extends Error {
  override readonly name = "E6Error";
  /** What happened. */
  readonly code: E6ErrorCode;
  /** True if the same call may succeed when it is made again, without harm. */
  readonly retryable: boolean;
  // Declared only: what is not known is not there, and does not clutter a log.
  /** The query that failed, where there was one already. */
  declare readonly queryId?: string;
  /** The stack that answered, or that the call was meant for. */
  declare readonly strategy?: Strategy;
  /** The gateway's reason, where the gateway gave one. */
  declare readonly reason?: string;
  /** Rows that the caller had been handed before the failure. */
  declare readonly rowsDelivered?: number;
  /** Where in the statement the engine found the error, where its text says so. */
  declare readonly position?: SqlPosition;
  /** Which set of values it was, from 0, where a statement is run for many. */
  declare readonly paramsIndex?: number;
  /** What the reader can do about it. */
  declare readonly hint?: string;

  constructor(code: E6ErrorCode, message: string, details: E6ErrorDetails = {}) {
    super(message, details);
    Object.defineProperty(this, brand, { value: true });
    this.code = code;
    this.retryable = details.retryable ?? false;
    for (const name of detailNames) {
      const value = details[name];
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true });
    }
  }

  /** What a log line needs; the cause stays behind. */
  toJSON(): object {
    return { ...this, message: this.message };
  }
}

/** The same error with more known about it; what it says already stays. A new one: an abort's reason may be shared by many. */
export function withDetails(error: E6Error, details: E6ErrorDetails, retryable = error.retryable): E6Error {
  const { code, message, cause } = error;
  return new E6Error(code, message, { ...details, ...error, retryable, ...(cause !== undefined && { cause }) });
}

/** Where a call or a failed one was, as details of an error: what is known of that. */
export function knownPlace({
  queryId,
  strategy,
}: {
  readonly queryId?: string | undefined;
  readonly strategy?: Strategy | undefined;
}): Pick<E6ErrorDetails, "queryId" | "strategy"> {
  return { ...(queryId !== undefined && { queryId }), ...(strategy !== undefined && { strategy }) };
}

/** Tells whether a value is an {@link E6Error}, also one from another realm or another copy of this package. */
export function isE6Error(value: unknown): value is E6Error {
  return value instanceof Error && brand in value;
}
