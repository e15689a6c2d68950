import type { EncodedParameter } from "./param-value.ts";

/**
 * A value as an SQL literal that reads back as the value, of its type. It begins and ends with a sign or a blank, so that it never grows
 * together with what stands beside it.
 *
 * Functions stand in where DuckDB has no literal: `unhex`, `to_microseconds`, `concat` and `chr`. Text stays
 * without a cast, as an engine compares a bare literal with a date but no VARCHAR.
 */
export function sqlLiteral({ type, value }: EncodedParameter): string {
  switch (type) {
    case "NULL":
      return " (NULL)";
    case "BOOLEAN":
      return ` (${value})`;
    case "STRING":
      return ` (${textLiteral(value)})`;
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

// No statement can hold a NUL, and DuckDB makes ASCII blanks of other blanks, also in a literal if a comment before it holds a quote.
const unsafeCharacter = /\0|(?! )[\p{Z}\p{Cf}]/gu;

/** One call for all of a text's characters that need one: operators between them would nest, and an engine has a limit for that. */
function textLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  const safe = quoted.replace(unsafeCharacter, (character) => `', chr(${character.codePointAt(0)}), '`);
  return safe === quoted ? quoted : `concat(${safe})`;
}
