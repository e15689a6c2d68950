import { describe, expect, it } from "vitest";
import { sqlLiteral } from "./literal.ts";
import type { ParameterType } from "./param-value.ts";

describe("sqlLiteral()", () => {
  it.each<[ParameterType, string, string]>([
    ["NULL", "", " (NULL)"],
    ["BOOLEAN", "true", " (true)"],
    ["LONG", "-5", " CAST('-5' AS BIGINT)"],
    ["DOUBLE", "NaN", " CAST('NaN' AS DOUBLE)"],
    ["DECIMAL128", "-1.50", " CAST('-1.50' AS DECIMAL(38, 2))"],
    ["DECIMAL128", "7", " CAST('7' AS DECIMAL(38, 0))"],
    ["STRING", "", " ('')"],
    ["STRING", "it's; \\' -- /* ? \n", " ('it''s; \\'' -- /* ? \n')"],
    ["STRING", "\0'\0", " (concat('', chr(0), '''', chr(0), ''))"],
    // Blanks that DuckDB would change.
    ["STRING", "a b\u00a0c\u3000\ufeff", " (concat('a b', chr(160), 'c', chr(12288), '', chr(65279), ''))"],
    ["STRING", "é😀", " ('é😀')"],
    ["BINARY", "00ff", " unhex('00ff')"],
    ["DATE", "-0001-12-31", " CAST('-0001-12-31' AS DATE)"],
    ["TIMESTAMP", "1970-01-01 00:00:00", " CAST('1970-01-01 00:00:00' AS TIMESTAMP)"],
    ["TIMESTAMP_TZ", "1970-01-01 00:00:00Z", " CAST('1970-01-01 00:00:00Z' AS TIMESTAMP WITH TIME ZONE)"],
    ["INTERVAL_DAY_SECOND", "-1", " to_microseconds(CAST('-1' AS BIGINT))"],
  ])("writes %s %j", (type, value, expected) => {
    expect(sqlLiteral({ type, value })).toBe(expected);
  });
});
