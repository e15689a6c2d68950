import type { ResultField } from "../wire/result-metadata.ts";
import { valueClassOf } from "../wire/value-class.ts";
import { base64 } from "./base64.ts";
import type { Batches } from "./batch-stream.ts";
import { createByteStream } from "./byte-stream.ts";
import type { Dialect } from "./dialect.ts";
import { assertOneOf, type ReadingOptions } from "./reading-options.ts";
import { createRowReader } from "./row-reader.ts";
import { uniqueNames } from "./unique-names.ts";

/**
 * How rows are written as JSON.
 *
 * The default dialect is `json`. In `plain`, LONG and DECIMAL128 are JSON numbers that JavaScript reads back as they are. In `exact` they are
 * JSON numbers with all their digits, for readers that keep those. In all of them `NaN` and the infinities are texts, bytes are base64
 * and `-0` keeps its sign.
 */
export interface NdjsonOptions<D extends Dialect = Dialect, Made = unknown> extends ReadingOptions<D, Made> {
  /** What a line holds: an object by the columns' names in row objects, or an array. Default: `objects`. */
  readonly lines?: "objects" | "arrays" | undefined;
}

/**
 * A result as newline-delimited JSON in UTF-8: a line for each row, each ended by `\\n`.
 *
 * The stream asks for a batch only when its reader wants bytes; `cancel()` ends the iterator of the batches, and so does a row that cannot
 * be written. Errors of the batches and of the reading reach the reader.
 *
 * @throws E6Error `INVALID_OPTION` for options that do not exist.
 */
export function toNdjson<D extends Dialect = "json", Made = never>(
  batches: Batches,
  fields: readonly ResultField[],
  options: NdjsonOptions<D, Made> = {},
): ReadableStream<Uint8Array> {
  const { lines = "objects" } = options;
  assertOneOf("lines", lines, ["objects", "arrays"]);
  const reader = createRowReader(fields, options, { dialect: "json" });
  const [open, close] = lines === "arrays" ? ["[", "]\n"] : ["{", "}\n"];
  // What stands before each value: always the same.
  const before = uniqueNames(fields).map(
    (name, index) => (index === 0 ? open : ",") + (lines === "arrays" ? "" : `${JSON.stringify(name)}:`),
  );
  if (before.length === 0) before.push(open);
  return createByteStream(batches, "", function* (batch) {
    for (const row of reader.iterate(batch)) {
      let line = "";
      for (let index = 0; index < before.length; index++) {
        line += before[index];
        if (index < row.length) line += jsonText(row[index]);
      }
      yield line + close;
    }
  });
}

function jsonText(value: unknown): string {
  if (typeof value === "number") {
    if (Object.is(value, -0)) return "-0";
    return Number.isFinite(value) ? String(value) : `"${value}"`;
  }
  if (typeof value === "bigint" || isDecimal(value)) return String(value);
  if (value instanceof Uint8Array) return `"${base64(value)}"`;
  // Of what has no JSON, such as undefined, there is no text.
  return JSON.stringify(value) ?? "null";
}

/** True for a decimal of any copy of the package: a conversion of the caller's may bring its own. */
function isDecimal(value: unknown): boolean {
  return typeof value === "object" && value !== null && valueClassOf(value) === "Decimal";
}
