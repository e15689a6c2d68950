import type { ResultField } from "../wire/result-metadata.ts";
import { type ReadableType, vectorTypes } from "../wire/vector-type.ts";
import type { ColumnPart } from "./column-array.ts";

/** Names of the metadata for types that have another one in batches. */
const renamed: Readonly<Record<string, ReadableType>> = {
  INT: "INTEGER",
  SHORT: "INTEGER",
  BYTE: "INTEGER",
  CHAR: "STRING",
};

/**
 * The type of a column over all batches: that on which those agree that have values. Where none has any, what the metadata says,
 * and NULL if that is a type that this client does not know.
 */
export function columnType(field: ResultField, parts: readonly ColumnPart[]): ReadableType | "MIXED" {
  const types = new Set(parts.map(({ column }) => column.type));
  types.delete("NULL");
  const [first] = types;
  if (types.size > 1) return "MIXED";
  return first ?? metadataType(field);
}

/** The type of batches that the metadata speaks of; NULL if this client does not know it. */
export function metadataType({ type }: ResultField): ReadableType {
  const known = Object.hasOwn(renamed, type) ? renamed[type] : readableType(type);
  return known ?? "NULL";
}

function readableType(type: string): ReadableType | undefined {
  return vectorTypes.find((known): known is ReadableType => known === type && known !== "INT96");
}
