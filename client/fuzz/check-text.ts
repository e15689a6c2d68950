import { toCsv } from "../src/result/csv.ts";
import { toNdjson } from "../src/result/ndjson.ts";
import { createRowReader } from "../src/result/row-reader.ts";
import { uniqueNames } from "../src/result/unique-names.ts";
import { Decimal } from "../src/wire/decimal.ts";
import { readResultBatch } from "../src/wire/result-batch.ts";
import type { ResultField } from "../src/wire/result-metadata.ts";
import { readCsv } from "../test/csv-parser.ts";
import { fuzzLimits, type Verdict } from "./check-batch.ts";
import { must, outcomeOf } from "./ours.ts";

const delimiters = [",", ";", "\t", "|", "-"];
const nullTexts = ["", "NULL", "\\N"];

/**
 * Writes a batch as CSV and as JSON, and reads both back with readers of another make. `variant` chooses the options.
 *
 * @throws Finding, or what the client must not throw
 */
export async function checkText(bytes: Uint8Array, fields: readonly ResultField[], variant: number): Promise<Verdict> {
  const read = outcomeOf(() => readResultBatch(bytes, fields, fuzzLimits), "MALFORMED_RESULT", "UNSUPPORTED");
  if ("error" in read) return "refused";
  const json = outcomeOf(() => createRowReader(fields, { dialect: "json" }).rows(read.value), "MALFORMED_RESULT");
  const delimiter = delimiters[variant % delimiters.length];
  const options = { delimiter, nullText: nullTexts[variant % nullTexts.length], header: false };
  const csv = await textOf(() => toCsv([read.value], fields, options), "error" in json);
  const ndjson = await textOf(() => toNdjson([read.value], fields), "error" in json);
  const digits = await textOf(
    () => toNdjson([read.value], fields, { dialect: "exact", lines: "arrays" }),
    "error" in json,
  );
  if ("error" in json) return "refused";
  // A result without columns has lines without cells, which CSV cannot tell from one empty cell.
  if (fields.length > 0)
    mustEqual(
      readCsv(csv, options),
      json.value.map((row) => row.map(csvText)),
      "CSV",
    );
  const names = uniqueNames(fields);
  const lines = ndjson
    .split("\n")
    .slice(0, -1)
    .map((line) => names.map(memberReader(JSON.parse(line))));
  mustEqual(lines, json.value, "JSON");
  const isSame = lines.every((line, at) => line.every((value, index) => Object.is(value, json.value[at]?.[index])));
  must(isSame, "a zero has lost its sign in JSON");
  checkDigits(digits, createRowReader(fields).rows(read.value));
  return "read";
}

/** A text that has to be written, or refused if a value of it cannot be read. */
async function textOf(stream: () => ReadableStream<Uint8Array>, refused: boolean): Promise<string> {
  try {
    const text = await new Response(stream()).text();
    must(!refused, "a text is written of a value that cannot be read");
    return text;
  } catch (error) {
    must(refused, `a text is refused: ${String(error)}`);
    outcomeOf(() => {
      throw error;
    }, "MALFORMED_RESULT");
    return "";
  }
}

function memberReader(line: object): (name: string) => unknown {
  return (name) => Object.getOwnPropertyDescriptor(line, name)?.value;
}

function csvText(value: unknown): string | null {
  if (value === null) return null;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** In `exact`, integers and decimals are numbers with all their digits: read by their source, not their value. */
function checkDigits(text: string, rows: readonly (readonly unknown[])[]): void {
  const lines = text.split("\n").slice(0, -1);
  must(lines.length === rows.length, "there are more or fewer lines than rows");
  lines.forEach((line, at) => {
    const sources = JSON.parse(line, (_key: string, value: unknown, context?: { source?: string }) =>
      typeof value === "number" ? { source: context?.source } : value,
    ) as readonly unknown[];
    rows[at]?.forEach((value, index) => {
      if (typeof value !== "bigint" && !(value instanceof Decimal)) return;
      mustEqual(sources[index], { source: String(value) }, "the digits of a number");
    });
  });
}

function mustEqual(actual: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  must(one === other, `${what} reads back as ${one.slice(0, 500)}, not ${other.slice(0, 500)}`);
}
