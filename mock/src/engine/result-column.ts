import duckdb from "@duckdb/node-bindings";
import type { ResultField } from "../encode/metadata.ts";
import { type FieldType, fieldTypeOf } from "./field-type.ts";

/** One column of a statement's result. */
export interface ResultColumn extends FieldType {
  readonly name: string;
}

/** The columns that a prepared statement will answer with. */
export function preparedColumns(prepared: duckdb.PreparedStatement): ResultColumn[] {
  return Array.from({ length: duckdb.prepared_statement_column_count(prepared) }, (_, i) => ({
    name: duckdb.prepared_statement_column_name(prepared, i),
    ...fieldTypeOf(duckdb.prepared_statement_column_logical_type(prepared, i)),
  }));
}

/** The columns of a result. */
export function resultColumns(result: duckdb.Result): ResultColumn[] {
  return Array.from({ length: duckdb.column_count(result) }, (_, i) => ({
    name: duckdb.column_name(result, i),
    ...fieldTypeOf(duckdb.column_logical_type(result, i)),
  }));
}

/** The zone in which times of a zone of their own are shown. */
export const shownZone = "Z";

const typesWithZone: ReadonlySet<string> = new Set(["DATETIME", "TIMESTAMP", "TIMESTAMP_TZ"]);

/** A column as result metadata names it. */
export function resultField({ name, type }: ResultColumn): ResultField {
  return { name, type, zone: typesWithZone.has(type) ? "UTC" : "", format: "" };
}
