import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CalendarDate } from "../wire/calendar-date.ts";
import { Decimal } from "../wire/decimal.ts";
import { Interval } from "../wire/interval.ts";
import { Timestamp } from "../wire/timestamp.ts";
import { encodeParameter } from "./param-value.ts";

const encoded = (value: unknown) => {
  const { type, value: text } = encodeParameter(value, "v");
  return `${type} ${text}`;
};
const at = (iso: string) => BigInt(Date.parse(iso)) * 1000n;

describe("encodeParameter()", () => {
  it.each<[unknown, string]>([
    [null, "NULL "],
    [true, "BOOLEAN true"],
    [false, "BOOLEAN false"],
    [0, "LONG 0"],
    [-5, "LONG -5"],
    [2 ** 53 - 1, "LONG 9007199254740991"],
    [2 ** 53, "DOUBLE 9007199254740992"],
    [1e21, "DOUBLE 1e+21"],
    [-0, "DOUBLE -0"],
    [0.1, "DOUBLE 0.1"],
    [5e-324, "DOUBLE 5e-324"],
    [Number.NaN, "DOUBLE NaN"],
    [Number.POSITIVE_INFINITY, "DOUBLE Infinity"],
    [Number.NEGATIVE_INFINITY, "DOUBLE -Infinity"],
    [-(2n ** 63n), "LONG -9223372036854775808"],
    [2n ** 63n, "DECIMAL128 9223372036854775808"],
    [-(10n ** 38n) + 1n, `DECIMAL128 -${"9".repeat(38)}`],
    ["", "STRING "],
    ["it's \0 😀", "STRING it's \0 😀"],
    [new Decimal(-150n, 2), "DECIMAL128 -1.50"],
    [new Decimal(1n, 38), `DECIMAL128 0.${"0".repeat(37)}1`],
    [new Decimal(1n, -37), `DECIMAL128 1${"0".repeat(37)}`],
    [new Decimal(0n, -1000), "DECIMAL128 0"],
    [new Uint8Array([0, 255, 16]), "BINARY 00ff10"],
    [new Uint8Array([1, 2, 3]).subarray(1, 2), "BINARY 02"],
    [new Uint8Array([1, 2]).buffer, "BINARY 0102"],
    [new CalendarDate(at("2024-02-29")), "DATE 2024-02-29"],
    [new CalendarDate(at("-000001-12-31")), "DATE -0001-12-31"],
    [new CalendarDate(at("+010000-01-01")), "DATE 10000-01-01"],
    [new Date("1969-12-31T23:59:59.999Z"), "TIMESTAMP 1969-12-31 23:59:59.999"],
    [new Date(8.64e15), "TIMESTAMP 275760-09-13 00:00:00"],
    [new Timestamp(1n), "TIMESTAMP 1970-01-01 00:00:00.000001"],
    [new Timestamp(0n, "Z"), "TIMESTAMP_TZ 1970-01-01 00:00:00Z"],
    [new Timestamp(0n, "+05:30"), "TIMESTAMP_TZ 1970-01-01 05:30:00+05:30"],
    [new Timestamp(at("2024-07-01"), "Europe/Berlin"), "TIMESTAMP_TZ 2024-07-01 02:00:00+02:00"],
    [new Timestamp(at("+010000-01-01"), "Z"), "TIMESTAMP_TZ 10000-01-01 00:00:00Z"],
    [new Interval(-1n), "INTERVAL_DAY_SECOND -1"],
  ])("knows %s", (value, expected) => {
    expect(encoded(value)).toBe(expected);
  });

  it.each<[unknown, string]>([
    [undefined, "v is of the type undefined"],
    [Symbol("s3cr3t"), "v is of the type symbol"],
    [() => "s3cr3t", "v is of the type function"],
    [{ s3cr3t: 1 }, "v is of the type Object"],
    [{ constructor: { name: "s3cr3t" } }, "v is of the type Object"],
    [Object.create(null), "v is of the type Object"],
    [["s3cr3t"], "v is of the type Array"],
    [new Set(["s3cr3t"]), "v is of the type Set"],
    [/s3cr3t/, "v is of the type RegExp"],
    [new Error("s3cr3t"), "v is of the type Error"],
    [Object("s3cr3t"), "v is of the type String"],
    [new Float64Array(1), "v is of the type Float64Array"],
    [new DataView(new ArrayBuffer(1)), "v is of the type DataView"],
    [new Date(Number.NaN), "v is an invalid Date"],
    ["s3cr3t\ud800", "v holds a lone surrogate"],
    [10n ** 38n, "v needs more than the 38 digits"],
    [new Decimal(1n, 39), "v needs more than the 38 digits"],
    [new Decimal(1n, -38), "v needs more than the 38 digits"],
    [new Decimal(1n, -(2 ** 30)), "v needs more than the 38 digits"],
    [new Timestamp(2n ** 63n), "v lies beyond 64 bits"],
    [new CalendarDate(-(2n ** 63n) - 1n), "v lies beyond 64 bits"],
    [new Interval(2n ** 63n), "v lies beyond 64 bits"],
  ])("refuses case %#", (value, problem) => {
    expect(() => encoded(value)).toThrow(expect.objectContaining({ code: "INVALID_PARAMETER" }));
    expect(() => encoded(value)).toThrow(problem);
    expect(() => encoded(value)).not.toThrow("s3cr3t");
  });

  it("loses no digit of a number", () => {
    fc.assert(
      fc.property(fc.double(), (number) => {
        expect(Number(encodeParameter(number, "v").value)).toBe(number);
      }),
    );
  });
});

/** What `Temporal` offers that is read here. Where this runtime has it, its own is tested too. */
interface TemporalNamespace {
  PlainDate: { from(text: string): unknown };
  PlainDateTime: { from(text: string): unknown };
  PlainTime: { from(text: string): unknown };
  Instant: { from(text: string): unknown };
  ZonedDateTime: { from(text: string): unknown };
  Duration: { from(text: string): unknown };
}

const own = (globalThis as { Temporal?: TemporalNamespace }).Temporal;

/** The runtime's value, and one that only looks like it. */
function temporal(type: keyof TemporalNamespace, text: string, parts: object = {}): unknown[] {
  const shape = { [Symbol.toStringTag]: `Temporal.${type}`, toString: () => text.replace(/\[.*/, ""), ...parts };
  return own === undefined ? [shape] : [shape, own[type].from(text)];
}

const noTime = { years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0, milliseconds: 0 };
const zeros = { ...noTime, microseconds: 0, nanoseconds: 0 };

describe("encodeParameter() of Temporal", () => {
  it.each<[unknown[], string]>([
    [temporal("PlainDate", "2024-02-29"), "DATE 2024-02-29"],
    [temporal("PlainDate", "2024-02-29[u-ca=hebrew]"), "DATE 2024-02-29"],
    [temporal("PlainDate", "-000001-12-31"), "DATE -0001-12-31"],
    [temporal("PlainDate", "+012024-02-29"), "DATE 12024-02-29"],
    [temporal("PlainDateTime", "1969-12-31T23:59:59.000001"), "TIMESTAMP 1969-12-31 23:59:59.000001"],
    [temporal("PlainDateTime", "2024-01-01T12:00:00"), "TIMESTAMP 2024-01-01 12:00:00"],
    [
      temporal("Instant", "1969-12-31T23:59:59.999999Z", { epochNanoseconds: -1000n }),
      "TIMESTAMP 1969-12-31 23:59:59.999999",
    ],
    [
      temporal("ZonedDateTime", "1970-01-01T05:30:00+05:30[Asia/Kolkata]", { epochNanoseconds: 0n, offset: "+05:30" }),
      "TIMESTAMP_TZ 1970-01-01 05:30:00+05:30",
    ],
    [
      temporal("Duration", "-P1W2DT3H4.000005S", {
        ...zeros,
        weeks: -1,
        days: -2,
        hours: -3,
        seconds: -4,
        microseconds: -5,
      }),
      "INTERVAL_DAY_SECOND -788404000005",
    ],
    [temporal("Duration", "PT1M0.001S", { ...zeros, minutes: 1, milliseconds: 1 }), "INTERVAL_DAY_SECOND 60001000"],
  ])("knows case %#", (values, expected) => {
    expect(values.map(encoded)).toEqual(values.map(() => expected));
  });

  it.each<[unknown[], string]>([
    [temporal("PlainDateTime", "2024-01-01T00:00:00.000000001"), "v has parts of a microsecond"],
    [temporal("Instant", "1970-01-01T00:00:00.000000999Z", { epochNanoseconds: 999n }), "v has parts of a microsecond"],
    [temporal("Duration", "PT0.000000001S", { ...zeros, nanoseconds: 1 }), "v has parts of a microsecond"],
    [temporal("Duration", "P1M", { ...zeros, months: 1 }), "v has months, which have no fixed length"],
    [temporal("Duration", "P1Y", { ...zeros, years: 1 }), "v has months, which have no fixed length"],
    [temporal("PlainDate", "-271821-04-19"), "v lies beyond the range of dates"],
    [temporal("PlainTime", "12:00:00"), "which cannot be a parameter"],
  ])("refuses case %#", (values, problem) => {
    for (const value of values) expect(() => encoded(value)).toThrow(problem);
  });
});
