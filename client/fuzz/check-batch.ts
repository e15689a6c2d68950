import { createQueryResult, type QueryResult } from "../src/result/query-result.ts";
import type { Column, Value } from "../src/wire/column.ts";
import { type ResultBatch, readResultBatch } from "../src/wire/result-batch.ts";
import type { ResultField } from "../src/wire/result-metadata.ts";
import { cellText, checkJson, checkPlain } from "./check-cell.ts";
import { type MemoryRecord, withMemoryBound } from "./memory-bound.ts";
import { must, type Outcome, outcomeOf } from "./ours.ts";
import { type ReferenceBatch, type ReferenceColumn, readReferenceBatch, unreadable } from "./reference.ts";

/** Rows that take no bytes are bounded by this alone. */
export const fuzzLimits = { maxRows: 1000 };

/** Bytes that reading may allocate for each byte of a batch and each column. */
const decodeFactor = 48;
/** Bytes that making rows may allocate for each byte of a batch and each cell. */
const rowsFactor = 128;

/** What became of an input. */
export type Verdict = "read" | "refused";

/**
 * Reads a batch in every way that there is, and compares it with what the reference makes of the bytes: both refuse it, or both have the same
 * values.
 *
 * @throws Finding, or whatever the client threw that it must not
 */
export function checkBatch(bytes: Uint8Array, fields: readonly ResultField[], memory: MemoryRecord): Verdict {
  const read = () => readResultBatch(bytes, fields, fuzzLimits);
  const outcome = outcomeOf(
    () => withMemoryBound(read, bytes.length + fields.length, decodeFactor, memory),
    "MALFORMED_RESULT",
    "UNSUPPORTED",
  );
  const reference = readReference(bytes, fields.length);
  if ("error" in outcome) {
    must(typeof reference === "string", `refused (${outcome.error.message}), but the reference reads it`);
    return "refused";
  }
  must(reference !== "refused", "read, but the reference refuses it");
  const batch = outcome.value;
  const cells = batch.rowCount * (batch.columnCount + 1);
  outcomeOf(() => withMemoryBound(() => batch.rows(), bytes.length + cells, rowsFactor, memory), "MALFORMED_RESULT");
  checkReadings(batch, fields, reference === "either" ? undefined : reference);
  return "read";
}

function readReference(bytes: Uint8Array, columnCount: number): ReferenceBatch | "either" | "refused" {
  try {
    return readReferenceBatch(bytes, columnCount, fuzzLimits.maxRows);
  } catch (error) {
    // Whatever it throws: its library has many words for bytes that end too soon.
    if (error instanceof Error && error.message === "deep") return "either";
    return "refused";
  }
}

function checkReadings(batch: ResultBatch, fields: readonly ResultField[], reference?: ReferenceBatch): void {
  if (reference) must(batch.rowCount === reference.rowCount, "it has another number of rows than the reference");
  must(batch.columnCount === fields.length, "it has another number of columns");
  let whole = true;
  for (let index = 0; index < batch.columnCount; index++) {
    whole = checkColumn(batch.column(index), batch.rowCount, reference?.columns[index]) && whole;
  }
  const rows = outcomeOf(() => batch.rows(), "MALFORMED_RESULT");
  must("value" in rows === whole, "the rows are read where a cell is not, or the other way round");
  const result = createQueryResult({ fields, batches: [batch], queryId: "", strategy: "blue" });
  if ("value" in rows) {
    checkExact(result, batch, rows.value);
    checkJsonDialect(result, rows.value);
    checkPlainDialect(result, rows.value);
  } else {
    for (const dialect of ["exact", "json", "plain"] as const) {
      const read = outcomeOf(() => result.objects({ dialect, lossy: "allow" }), "MALFORMED_RESULT");
      must("error" in read, `the dialect ${dialect} reads a row that has an unreadable cell`);
    }
  }
}

/** Cell by cell, and as an array. Tells whether every cell can be read. */
function checkColumn(column: Column, rowCount: number, reference: ReferenceColumn | undefined): boolean {
  if (reference) must(column.type === reference.type, "a column has another type than the reference");
  must(column.rowCount === rowCount, "a column has another number of rows");
  let whole = true;
  for (let row = 0; row < rowCount; row++) {
    const outcome: Outcome<Value> = outcomeOf(() => column.get(row), "MALFORMED_RESULT");
    whole = whole && "value" in outcome;
    const text = "error" in outcome ? unreadable : cellText(outcome.value);
    if (reference)
      must(text === reference.cells[row], `row ${row} is ${String(text)}, not ${String(reference.cells[row])}`);
    must(column.isNull(row) === (text === null), `row ${row} is null in one way and not in the other`);
  }
  const array = outcomeOf((): ArrayLike<unknown> => column.toArray(), "MALFORMED_RESULT");
  // A zone that is no text does not stand in the way of the array of a timestamp's microseconds.
  if ("value" in array) must(array.value.length === rowCount, "an array has another number of rows");
  else must(!whole, "an array is refused whose every cell can be read");
  return whole;
}

function checkExact(result: QueryResult, batch: ResultBatch, rows: readonly (readonly Value[])[]): void {
  must(rows.length === batch.rowCount, "there are more or fewer rows than rows");
  const [again, objects, columns] = [result.rows(), result.objects(), result.columns()];
  must(columns.length === batch.columnCount, "there are more or fewer columns than columns");
  rows.forEach((row, at) => {
    must(row.length === batch.columnCount, "a row has another number of cells");
    row.forEach((value, index) => {
      const text = cellText(value);
      const column = columns[index];
      must(column !== undefined, "a column is missing");
      must(text === cellText(batch.column(index).get(at)), "a row's value is another than the column's");
      must(text === cellText(again[at]?.[index] ?? null), "a value is another in the result's rows");
      must(text === cellText(objects[at]?.[column.name] ?? null), "a value is another in the result's objects");
      must(text === cellText(column.get(at)), "a value is another in the result's columns");
    });
  });
  for (const column of columns) must(column.toArray().length === rows.length, "a result's array has another length");
  must(Object.keys(result.columnRecord()).length === columns.length, "two columns have one name");
}

function checkJsonDialect(result: QueryResult, exact: readonly (readonly Value[])[]): void {
  const rows = result.rows({ dialect: "json" });
  exact.forEach((row, at) => {
    row.forEach((value, index) => {
      checkJson(value, rows[at]?.[index]);
    });
  });
  const columns = result.columns({ dialect: "json" }).map((column) => column.toArray());
  must(
    columns.every((column, index) => rows.every((row, at) => row[index] === column[at])),
    "JSON of rows and of columns differ",
  );
  must(JSON.stringify(JSON.parse(JSON.stringify(rows))) === JSON.stringify(rows), "its JSON is not JSON");
}

function checkPlainDialect(result: QueryResult, exact: readonly (readonly Value[])[]): void {
  const allowed = result.rows({ dialect: "plain", lossy: "allow" });
  must(allowed.length === exact.length, "there are more or fewer plain rows");
  result.columns({ dialect: "plain" }).forEach((column, index) => {
    let lost = false;
    exact.forEach((row, at) => {
      const outcome = outcomeOf(() => column.get(at), "PRECISION_LOSS");
      if ("error" in outcome) lost = true;
      else {
        checkPlain(row[index] ?? null, outcome.value);
        must(String(outcome.value) === String(allowed[at]?.[index]), "what is allowed differs from what is exact");
      }
    });
    const array = outcomeOf((): ArrayLike<unknown> => column.toArray(), "PRECISION_LOSS");
    must("error" in array === lost, "an array loses what its cells do not, or the other way round");
  });
}
