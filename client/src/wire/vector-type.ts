/** The engine's `VectorType` enum: a type's place in this list is its number on the wire. */
export const vectorTypes = [
  "BINARY",
  "BOOLEAN",
  "DOUBLE",
  "FLOAT",
  "INT96",
  "INTEGER",
  "LONG",
  "STRING",
  "DATE",
  "DATETIME",
  "TIMESTAMP",
  "STRUCT",
  "MAP",
  "ARRAY",
  "NULL",
  "TIMESTAMP_TZ",
  "DECIMAL128",
  "INTERVAL_DAY_SECOND",
] as const;

/**
 * What a column of a batch holds, by the engine's own names.
 *
 * @useDeclaredType
 */
export type VectorType = (typeof vectorTypes)[number];

/** Every type but INT96, which has no form on the wire. */
export type ReadableType = Exclude<VectorType, "INT96">;
