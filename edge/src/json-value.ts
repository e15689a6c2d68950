import type { Value } from "e6data-web";

/** What a cell is in the JSON of an answer. */
export type JsonValue = null | boolean | number | string;

/**
 * A value as JSON can carry it without losing a digit: LONG and DECIMAL128 as decimal strings, dates, timestamps and
 * intervals as ISO-8601 text, BINARY as base64, and the numbers that JSON lacks as "NaN", "Infinity", "-Infinity", "-0".
 */
export function toJsonValue(value: Value): JsonValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") {
    return value;
  }
  if (typeof value === "number") {
    return toJsonNumber(value);
  }
  return value instanceof Uint8Array ? toBase64(value) : value.toString();
}

function toJsonNumber(value: number): number | string {
  if (Object.is(value, -0)) {
    return "-0";
  }
  return Number.isFinite(value) ? value : String(value);
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary);
}
