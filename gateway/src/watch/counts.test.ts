import { describe, expect, it } from "vitest";
import { countedSince, sumCounts } from "./counts.ts";
import { parseExposition } from "./exposition.ts";

const valuesOf = (counts: ReturnType<typeof parseExposition>) =>
  Object.fromEntries([...counts].map(([key, { value }]) => [key, value]));

describe("countedSince()", () => {
  it("is the difference, and all of what is new", () => {
    const before = parseExposition('envoy_server_uptime 5\na{b="1"} 3\n');
    const now = parseExposition('envoy_server_uptime 9\na{b="1"} 10\na{b="2"} 4\n');
    expect(valuesOf(countedSince(before, now, 4).counts)).toEqual({ 'a{b="1"}': 7, 'a{b="2"}': 4 });
  });

  it.each([
    [
      "a counter is smaller",
      "envoy_server_uptime 9\na 10\nb 5\n",
      "envoy_server_uptime 14\na 2\nb 6\n",
      5,
      { a: 2, b: 6 },
    ],
    ["one is missing", "envoy_server_uptime 9\na 10\nb 5\n", "envoy_server_uptime 14\nb 6\n", 5, { b: 6 }],
    ["it has run for less long", "envoy_server_uptime 90\na 10\n", "envoy_server_uptime 1\na 11\n", 5, { a: 11 }],
    ["it was silent for long", "envoy_server_uptime 90\na 10\n", "envoy_server_uptime 200\na 11\n", 400, { a: 11 }],
  ])("is all of it where a gateway was restarted: %s", (_, before, now, elapsed, counts) => {
    const since = countedSince(parseExposition(before), parseExposition(now), elapsed);
    expect([valuesOf(since.counts), since.isRestarted]).toEqual([counts, true]);
  });

  it.each([
    ["is set back", 86_400, 86_340],
    ["is set forward", 86_400, 90_000],
    ["was read a moment sooner, of a gateway that has just been started", 2, 2],
  ])("is the difference where the clock of a gateway's machine %s", (_, before, now) => {
    const scrapes = [`envoy_server_uptime ${before}\na 1000\n`, `envoy_server_uptime ${now}\na 1007\n`] as const;
    const since = countedSince(parseExposition(scrapes[0]), parseExposition(scrapes[1]), 5);
    expect([valuesOf(since.counts), since.isRestarted]).toEqual([{ a: 7 }, false]);
  });
});

describe("sumCounts()", () => {
  it("adds series by series", () => {
    const sum = sumCounts([parseExposition("a 1\nb 2\n"), parseExposition("a 10\nc 5\n"), new Map()]);
    expect(valuesOf(sum)).toEqual({ a: 11, b: 2, c: 5 });
  });
});
