import { describe, expect, it } from "vitest";
import { Decimal } from "../wire/decimal.ts";
import { encodeParameter } from "./param-value.ts";

// With a query of its own, each of these is loaded once more.
const copies = import.meta.glob<Record<string, new (...args: unknown[]) => object>>(
  ["../wire/decimal.ts", "../wire/timestamp.ts", "../wire/calendar-date.ts", "../wire/interval.ts"],
  { query: "?other-copy", eager: true },
);

/** A value of a class in another copy of the package. */
function foreign(file: string, name: string, ...args: unknown[]): object {
  const Class = copies[`../wire/${file}.ts`]?.[name];
  if (Class === undefined) throw new Error(`no class ${name}`);
  return new Class(...args);
}

describe("encodeParameter() for values of another copy of the package", () => {
  it("has such values at hand", () => {
    expect(foreign("decimal", "Decimal", 1n, 0)).not.toBeInstanceOf(Decimal);
  });

  it.each([
    ["Decimal", foreign("decimal", "Decimal", -150n, 2), { type: "DECIMAL128", value: "-1.50" }],
    ["CalendarDate", foreign("calendar-date", "CalendarDate", 86_400_000_000n), { type: "DATE", value: "1970-01-02" }],
    ["Interval", foreign("interval", "Interval", -5n), { type: "INTERVAL_DAY_SECOND", value: "-5" }],
    ["Timestamp", foreign("timestamp", "Timestamp", 1n), { type: "TIMESTAMP", value: "1970-01-01 00:00:00.000001" }],
    [
      "Timestamp with a zone",
      foreign("timestamp", "Timestamp", 0n, "+05:30"),
      { type: "TIMESTAMP_TZ", value: "1970-01-01 05:30:00+05:30" },
    ],
  ])("knows a %s", (_what, value, encoded) => {
    expect(encodeParameter(value, "value 1")).toEqual(encoded);
  });

  it.each([
    ["a Decimal", { unscaled: 1n, scale: 0 }],
    ["a Timestamp", { micros: 1n, zone: null }],
  ])("takes nothing for %s that only looks like one", (_what, value) => {
    expect(() => encodeParameter(value, "value 1")).toThrow(expect.objectContaining({ code: "INVALID_PARAMETER" }));
  });
});
