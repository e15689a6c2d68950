import duckdb from "@duckdb/node-bindings";
import type { Placeholder } from "./engine.ts";
import { fieldTypeOf } from "./field-type.ts";

/** The placeholders of a prepared statement, with the field types of what DuckDB expects. */
export function placeholdersOf(prepared: duckdb.PreparedStatement): readonly Placeholder[] {
  return Array.from({ length: duckdb.nparams(prepared) }, (_, index) => ({ index, type: typeAt(prepared, index + 1) }));
}

/** DuckDB leaves a type open where it takes whatever is bound. */
function typeAt(prepared: duckdb.PreparedStatement, at: number): string {
  if (duckdb.param_type(prepared, at) === duckdb.Type.INVALID) return "";
  return fieldTypeOf(duckdb.param_logical_type(prepared, at)).type;
}
