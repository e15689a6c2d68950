import { describe, expect, it } from "vitest";
import { CalendarDate } from "./calendar-date.ts";
import { Timestamp } from "./timestamp.ts";

// The expected texts are those of Python's datetime and zoneinfo, and of the vectors' maker for years that these cannot hold.

describe("CalendarDate.toString()", () => {
  it.each([
    [0n, "1970-01-01"],
    [-1n, "1969-12-31"],
    [951_782_400_000_000n, "2000-02-29"],
    [253_402_300_799_999_999n, "9999-12-31"],
    [253_402_300_800_000_000n, "+10000-01-01"],
    [-62_167_219_200_000_000n, "0000-01-01"],
    [-62_167_219_200_000_001n, "-0001-12-31"],
    [2n ** 63n - 1n, "+294247-01-10"],
    [-(2n ** 63n), "-290308-12-21"],
  ])("writes %s as %s", (micros, text) => {
    expect(new CalendarDate(micros).toString()).toBe(text);
    expect(JSON.stringify(new CalendarDate(micros))).toBe(`"${text}"`);
  });
});

describe("Timestamp.toString()", () => {
  it.each([
    [0n, null, "1970-01-01T00:00:00Z"],
    [-1n, null, "1969-12-31T23:59:59.999999Z"],
    [1_500_000n, "Z", "1970-01-01T00:00:01.5Z"],
    [2n ** 63n - 1n, "UTC", "+294247-01-10T04:00:54.775807Z"],
    [-(2n ** 63n), null, "-290308-12-21T19:59:05.224192Z"],
  ])("writes %s in UTC where the zone is %s", (micros, zone, text) => {
    expect(new Timestamp(micros, zone).toString()).toBe(text);
    expect(JSON.stringify(new Timestamp(micros, zone))).toBe(`"${text}"`);
  });

  it.each([
    ["+05:30", "1970-01-01T05:30:00+05:30"],
    ["-0330", "1969-12-31T20:30:00-03:30"],
    ["+05", "1970-01-01T05:00:00+05:00"],
    ["UTC+1", "1970-01-01T01:00:00+01:00"],
    ["GMT-04:56:02", "1969-12-31T19:03:58-04:56:02"],
    ["+00:00", "1970-01-01T00:00:00Z"],
  ])("knows the offset %s", (zone, text) => {
    expect(new Timestamp(0n, zone).toString()).toBe(text);
  });

  it.each([
    ["Europe/Berlin", 1_711_846_799_999_999n, "2024-03-31T01:59:59.999999+01:00"],
    ["Europe/Berlin", 1_711_846_800_000_000n, "2024-03-31T03:00:00+02:00"],
    ["Europe/Berlin", 1_729_990_799_999_999n, "2024-10-27T02:59:59.999999+02:00"],
    ["Europe/Berlin", 1_729_990_800_000_000n, "2024-10-27T02:00:00+01:00"],
    ["Australia/Lord_Howe", 1_712_415_600_000_000n, "2024-04-07T01:30:00+10:30"],
    ["America/New_York", -84_387_600_000_001n, "1967-04-30T01:59:59.999999-05:00"],
    ["America/New_York", -84_387_600_000_000n, "1967-04-30T03:00:00-04:00"],
    ["America/New_York", -2_717_668_800_000_000n, "1883-11-18T07:03:58-04:56:02"],
    ["Africa/Monrovia", -315_619_200_000_000n, "1959-12-31T23:15:30-00:44:30"],
  ])("shows %s as its clocks were at %s", (zone, micros, text) => {
    expect(new Timestamp(micros, zone).toString()).toBe(text);
  });

  it.each(["Mars/Olympus", "", "+25:00", "+05:99", "constructor"])(
    "keeps the unknown zone '%s' and shows UTC",
    (zone) => {
      const timestamp = new Timestamp(0n, zone);
      expect(timestamp.toString()).toBe("1970-01-01T00:00:00Z");
      expect(timestamp.zone).toBe(zone);
    },
  );

  it("shows a moment beyond the reach of named zones in UTC", () => {
    expect(new Timestamp(8_640_000_000_000_000_000n, "Asia/Tokyo").toString()).toBe("+275760-09-13T09:00:00+09:00");
    expect(new Timestamp(8_640_000_000_000_001_000n, "Asia/Tokyo").toString()).toBe("+275760-09-13T00:00:00.001Z");
  });

  it("learns a zone still after many unknown ones", () => {
    for (let index = 0; index < 3000; index++) new Timestamp(0n, `Nowhere/${index}`).toString();
    expect(new Timestamp(0n, "Asia/Tashkent").toString()).toBe("1970-01-01T06:00:00+06:00");
  });
});
