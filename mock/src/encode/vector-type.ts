/** The codes of the wire's vector types. INT96 (4) is left out: it has no data form. */
export const vectorTypeCode = {
  BINARY: 0,
  BOOLEAN: 1,
  DOUBLE: 2,
  FLOAT: 3,
  INTEGER: 5,
  LONG: 6,
  STRING: 7,
  DATE: 8,
  DATETIME: 9,
  TIMESTAMP: 10,
  STRUCT: 11,
  MAP: 12,
  ARRAY: 13,
  NULL: 14,
  TIMESTAMP_TZ: 15,
  DECIMAL128: 16,
  INTERVAL_DAY_SECOND: 17,
} as const;

/** A vector type by its name, which is also the field type in result metadata. */
export type VectorType = keyof typeof vectorTypeCode;
