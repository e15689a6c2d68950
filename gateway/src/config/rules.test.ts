import { describe, expect, it } from "vitest";
import type { Rule } from "./reader.ts";
import { duration, file, host, integer, ipAddress, listOf, loopbackAddress, number, oneOf, size } from "./rules.ts";

const parse = <T>(rule: Rule<T>, value: unknown) => {
  const parsed = rule.parse(value);
  return "value" in parsed ? parsed.value : parsed.problem;
};

describe("the rules", () => {
  it.each([
    [integer(1, 3), 3, 3],
    [number(0, 1), 0.5, 0.5],
    [oneOf(["a", "b"]), "b", "b"],
    [listOf(integer(1, 3), { min: 0, max: 2 }), [1, 2], [1, 2]],
    [duration("10ms", "1h"), "10ms", 10],
    [duration("10ms", "1h"), "90s", 90_000],
    [duration("10ms", "1h"), "15m", 900_000],
    [duration("10ms", "1h"), "1h", 3_600_000],
    [size("1B", "1GiB"), "512B", 512],
    [size("1B", "1GiB"), "4097KiB", 4_195_328],
    [size("1B", "1GiB"), "1GiB", 1_073_741_824],
    [host, "blue-1.engine.internal", "blue-1.engine.internal"],
    [ipAddress, "::1", "::1"],
    [loopbackAddress, "127.0.0.1", "127.0.0.1"],
    [file("/etc/gateway"), "tls/key.pem", "/etc/gateway/tls/key.pem"],
    [file("/etc/gateway"), "/run/key.pem", "/run/key.pem"],
  ])("accept what they say: %#", (rule, value, expected) => {
    expect(parse<unknown>(rule, value)).toEqual(expected);
  });

  it.each<[Rule<unknown>, readonly unknown[]]>([
    [integer(1, 3), [0, 4, 1.5, "1", Number.NaN, true, null]],
    [number(0, 1), [-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY, "0.5"]],
    [oneOf(["a", "b"]), ["c", "A", "", 0]],
    [
      duration("10ms", "1h"),
      ["9ms", "61m", "2h", "10", 10, "1.5s", "-1s", "1 s", "1d", "s", "1S", "10 ms", "1constructor"],
    ],
    [size("1KiB", "1MiB"), ["1", "1023B", "2MiB", "1MB", 4096, "4kib"]],
    [host, ["", "a b", "host/path", "x".repeat(254), 1]],
    [ipAddress, ["localhost", "", "127.0.0", "1", "300.1.1.1"]],
    [loopbackAddress, ["0.0.0.0", "::", "10.0.0.1", "localhost", "127.0.0.2"]],
    [file("/"), ["", "a\nb", "\0", 7, "-----BEGIN KEY-----\nMIG\n"]],
  ])("refuse all else, and say what they accept: %#", (rule, values) => {
    for (const value of values) {
      expect.soft([value, parse(rule, value)]).toEqual([value, `must be ${rule.expects}`]);
    }
  });

  it("tell which entry of a list is wrong", () => {
    const rule = listOf(integer(1, 3), { min: 1, max: 3 });
    expect(rule.parse([1, 9])).toEqual({
      problem: "must be a whole number from 1 to 3",
      entry: { index: 1, value: 9 },
    });
    expect(parse(rule, [])).toBe("must be a list of 1 to 3, each a whole number from 1 to 3");
    expect(parse(rule, [1, 2, 3, 1])).toBe("must be a list of 1 to 3, each a whole number from 1 to 3");
    expect(parse(rule, "1")).toBe("must be a list of 1 to 3, each a whole number from 1 to 3");
  });
});
