import type { Field } from "./hpack-tables.ts";

/** What came back for one request, whichever version of HTTP it was. */
export interface Answer {
  /** The HTTP status. */
  readonly status: number;
  readonly headers: readonly Field[];
  readonly trailers: readonly Field[];
  readonly body: Uint8Array;
}

/** How an exchange ended. Of several requests on one connection there may be several answers. */
export interface Outcome {
  readonly answers: readonly Answer[];
  /** What else became of it, in a word: `closed`, `reset 1`, `goaway 1`; empty where the answer was all. */
  readonly end: string;
}

/** The value of a header, in lower case names; several are joined as HTTP does. */
export function headerValue(fields: readonly Field[], name: string): string | undefined {
  const values = fields.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(", ");
}
