import { invalidOption } from "../checks.ts";
import type { ResultField } from "../wire/result-metadata.ts";
import type { Batches } from "./batch-stream.ts";
import { createByteStream } from "./byte-stream.ts";
import type { Conversions } from "./reading-options.ts";
import { createRowReader } from "./row-reader.ts";
import { uniqueNames } from "./unique-names.ts";

/** What a conversion for CSV may make. */
export type CsvValue = null | boolean | number | bigint | string;

/** How rows are written as CSV. */
export interface CsvOptions {
  /** Whether the first line holds the columns' names, as in row objects. Default: true. */
  readonly header?: boolean | undefined;
  /** What stands between two values: one character that is no letter, digit, quote or line end. Default: a comma. */
  readonly delimiter?: string | undefined;
  /** What stands for NULL, unquoted; a value with the same text is quoted. It may hold no quote, delimiter or line end. Default: nothing. */
  readonly nullText?: string | undefined;
  /**
   * Whether a text that a spreadsheet could take for a formula gets a `'` before it: one that begins with `=`, `+`, `-`, `@`, a tab or a line end
   * and is no number. It changes such values, so the default is false; set it where people open files with others' data.
   */
  readonly guardFormulas?: boolean | undefined;
  /** Whether a byte order mark stands first, by which Excel knows UTF-8. Default: false. */
  readonly byteOrderMark?: boolean | undefined;
  /** Conversions of the caller's own, with what the dialect `json` makes of a value to fall back on. Default: none. */
  readonly convert?: Conversions<"json", CsvValue> | undefined;
}

/**
 * A result as CSV in UTF-8, as RFC 4180 has it: lines end with CR LF, and a value with a delimiter, a quote or a line end in it is quoted.
 * Values are as in the dialect `json`, exact; `-0` keeps its sign. In a result of one column a NULL is an empty line unless `nullText` says
 * otherwise.
 *
 * The stream asks for a batch only when its reader wants bytes; `cancel()` ends the iterator of the batches, and so does a row that cannot
 * be written. Errors of the batches and of the reading reach the reader.
 *
 * @throws E6Error `INVALID_OPTION` for a `delimiter` or a `nullText` that cannot be told from data.
 */
export function toCsv(
  batches: Batches,
  fields: readonly ResultField[],
  options: CsvOptions = {},
): ReadableStream<Uint8Array> {
  const { header = true, delimiter = ",", byteOrderMark = false, convert = {} } = options;
  const cell = createCellWriter(delimiter, options);
  const reader = createRowReader(fields, { dialect: "json", convert });
  const line = (row: readonly CsvValue[]) => `${row.map(cell).join(delimiter)}\r\n`;
  const head = header && fields.length > 0 ? line(uniqueNames(fields)) : "";
  return createByteStream(batches, (byteOrderMark ? "\uFEFF" : "") + head, function* (batch) {
    for (const row of reader.iterate(batch)) yield line(row);
  });
}

/** Whatever spreadsheets begin a formula with: https://owasp.org/www-community/attacks/CSV_Injection */
const formula = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
const plainNumber = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;

const untold = "cannot be told from data";

function createCellWriter(
  delimiter: string,
  { nullText = "", guardFormulas = false }: CsvOptions,
): (value: CsvValue) => string {
  if (!/^[^\p{L}\p{N}\p{Cs}\u{10000}-\u{10FFFF}"\r\n\uFEFF]$/u.test(delimiter)) {
    throw invalidOption("delimiter", untold, "use one character that is no letter, digit, quote or line end");
  }
  // A byte order mark that began a file unquoted would be taken for the file's own.
  const special = new RegExp(`[\\${delimiter}"\\r\\n\uFEFF]`);
  if (special.test(nullText)) {
    throw invalidOption("nullText", untold, "use a text without quotes, delimiters and line ends");
  }
  return (value) => {
    if (value === null) return nullText;
    let text = Object.is(value, -0) ? "-0" : String(value);
    if (guardFormulas && formula.test(text) && !plainNumber.test(text)) text = `'${text}`;
    return special.test(text) || text === nullText ? `"${text.replaceAll('"', '""')}"` : text;
  };
}
