import type { EncodedParameter } from "./param-value.ts";

/**
 * A value as an SQL literal that reads back as the value, of its type. It begins and ends with a sign or a blank, so that it never grows
 * together with what stands beside it.
 *
 * Functions stand in where DuckDB has no literal: `unhex`, `to_microseconds`, and `chr` for NUL, which no statement can hold. Text stays
 * without a cast, as an engine compares a bare literal with a date but no VARCHAR.
 */
export function sqlLiteral({ type, value }: EncodedParameter): string {
  switch (type) {
    case "NULL":
      return " (NULL)";
    case "BOOLEAN":
      return ` (${value})`;
    case "STRING":
      return ` (${value.split("\0").map(quoted).join(" || chr(0) || ")})`;
    case "BINARY":
      return ` unhex('${value}')`;
    case "INTERVAL_DAY_SECOND":
      return ` to_microseconds(${cast(value, "BIGINT")})`;
    case "DECIMAL128":
      return ` ${cast(value, `DECIMAL(38, ${value.split(".")[1]?.length ?? 0})`)}`;
    default:
      return ` ${cast(value, typeNames[type])}`;
  }
}

const typeNames = {
  LONG: "BIGINT",
  DOUBLE: "DOUBLE",
  DATE: "DATE",
  TIMESTAMP: "TIMESTAMP",
  TIMESTAMP_TZ: "TIMESTAMP WITH TIME ZONE",
} as const;

function cast(value: string, type: string): string {
  return `CAST('${value}' AS ${type})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
