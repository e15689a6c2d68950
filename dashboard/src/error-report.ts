import { type E6ErrorCode, isE6Error, type Strategy } from "e6data-web";

/** A failure as the page shows it. What is absent is unknown. */
export interface ErrorReport {
  readonly code: E6ErrorCode;
  readonly message: string;
  /** What the reader can do about it. */
  readonly hint?: string;
  /** The gateway's reason. */
  readonly reason?: string;
  readonly queryId?: string;
  readonly strategy?: Strategy;
  readonly retryable: boolean;
}

/** Reads any thrown value as a report. What is no error of the client is `INTERNAL`, with its own words. */
export function errorReport(thrown: unknown): ErrorReport {
  if (!isE6Error(thrown)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { code: "INTERNAL", message, hint: "Reload the page; if it happens again, report it.", retryable: false };
  }
  const { code, message, hint, reason, queryId, strategy, retryable } = thrown;
  return {
    code,
    message,
    retryable,
    ...(hint !== undefined && { hint }),
    ...(reason !== undefined && { reason }),
    ...(queryId !== undefined && { queryId }),
    ...(strategy !== undefined && { strategy }),
  };
}
