import { describe, expect, it } from "vitest";
import { countedSince, sumCounts } from "./counts.ts";
import { parseExposition } from "./exposition.ts";

const valuesOf = (counts: ReturnType<typeof parseExposition>) =>
  Object.fromEntries([...counts].map(([key, { value }]) => [key, value]));

describe("countedSince()", () => {
  it("is the difference, and all of what is new", () => {
    const before = parseExposition('envoy_server_uptime 5\na{b="1"} 3\n');
    const now = parseExposition('envoy_server_uptime 9\na{b="1"} 10\na{b="2"} 4\n');
    expect(valuesOf(countedSince(before, now))).toEqual({ 'a{b="1"}': 7, 'a{b="2"}': 4 });
  });

  it.each([
    ["a counter is smaller", "envoy_server_uptime 9\na 10\nb 5\n", "envoy_server_uptime 9\na 2\nb 6\n", { a: 2, b: 6 }],
    ["one is missing", "envoy_server_uptime 9\na 10\nb 5\n", "envoy_server_uptime 9\nb 6\n", { b: 6 }],
    ["it has run for less long", "envoy_server_uptime 9\na 10\n", "envoy_server_uptime 1\na 11\n", { a: 11 }],
  ])("is all of it where a gateway was restarted: %s", (_, before, now, counts) => {
    expect(valuesOf(countedSince(parseExposition(before), parseExposition(now)))).toEqual(counts);
  });
});

describe("sumCounts()", () => {
  it("adds series by series", () => {
    const sum = sumCounts([parseExposition("a 1\nb 2\n"), parseExposition("a 10\nc 5\n"), new Map()]);
    expect(valuesOf(sum)).toEqual({ a: 11, b: 2, c: 5 });
  });
});
