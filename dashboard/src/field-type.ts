/** The engine's types that people compare digit by digit: their columns are aligned to the right. */
const numericTypes: ReadonlySet<string> = new Set([
  "LONG",
  "INTEGER",
  "INT",
  "SHORT",
  "BYTE",
  "DOUBLE",
  "FLOAT",
  "DECIMAL128",
]);

/** Tells whether a field of this type holds numbers. */
export function isNumericType(type: string): boolean {
  return numericTypes.has(type);
}
