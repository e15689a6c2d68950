import { describe, expect, it } from "vitest";
import type { Counts } from "./counts.ts";
import { parseExposition } from "./exposition.ts";
import { countOn, leaveOut } from "./gateway-scrapes.ts";

const scrape = (count: number) => parseExposition(`calls ${count}\n`);
const scrapeOf = (uptime: number, count: number) => parseExposition(`envoy_server_uptime ${uptime}\ncalls ${count}\n`);
const callsIn = (counts: Counts) => counts.get("calls")?.value;

describe("countOn()", () => {
  it("adds up what each gateway has counted since it was last heard", () => {
    const first = countOn(
      new Map(),
      new Map([
        ["a", scrape(10)],
        ["b", scrape(100)],
      ]),
      0,
    );
    const second = countOn(
      first.last,
      new Map([
        ["a", scrape(11)],
        ["b", undefined],
      ]),
      5000,
    );
    const third = countOn(
      second.last,
      new Map([
        ["a", scrape(13)],
        ["b", scrape(140)],
      ]),
      10_000,
    );
    expect([first, second, third].map(({ counts, silent }) => [callsIn(counts), silent])).toEqual([
      [undefined, []],
      [1, ["b"]],
      [42, []],
    ]);
  });

  it("takes for new nothing that a gateway had counted before it was heard for the first time", () => {
    const { last } = countOn(new Map(), new Map([["a", undefined]]), 0);
    const heard = countOn(last, new Map([["a", scrape(5000)]]), 5000);
    expect([callsIn(heard.counts), callsIn(heard.past), heard.gaps]).toEqual([undefined, 5000, ["a"]]);
    expect(countOn(heard.last, new Map([["a", scrape(5001)]]), 10_000).past.size).toBe(0);
  });

  it("knows a gateway that was restarted while it was silent, by the time that has passed", () => {
    const first = countOn(new Map(), new Map([["a", scrapeOf(90, 10)]]), 0);
    const next = countOn(first.last, new Map([["a", scrapeOf(95, 12)]]), 5000);
    const silent = countOn(next.last, new Map([["a", undefined]]), 200_000);
    const again = countOn(silent.last, new Map([["a", scrapeOf(200, 13)]]), 400_000);
    expect([next, again].map(({ counts, gaps }) => [callsIn(counts), gaps])).toEqual([
      [2, []],
      [13, ["a"]],
    ]);
  });

  it.each<[string, number, unknown[]]>([
    ["all that a gateway has counted that was started since then", 40, [7, undefined, []]],
    ["nothing of one that may be older", 45, [undefined, 7, ["a"]]],
  ])("takes for new, where a moment is named, %s", (_, uptime, expected) => {
    const { last } = countOn(new Map(), new Map([["a", undefined]]), 0);
    const { counts, past, gaps } = countOn(last, new Map([["a", scrapeOf(uptime, 7)]]), 150_000, 100_000);
    expect([callsIn(counts), callsIn(past), gaps]).toEqual(expected);
  });

  it("knows a newcomer also where it was left out, and takes nothing else of one for past", () => {
    const { last } = countOn(new Map(), new Map([["a", scrapeOf(90, 10)]]), 0);
    const [young, old] = [3, 95].map((uptime) =>
      countOn(leaveOut(last, ["a"]), new Map([["a", scrapeOf(uptime, 12)]]), 20_000, 5000),
    );
    expect([callsIn(young?.counts ?? new Map()), young?.gaps]).toEqual([12, []]);
    expect([old?.counts.size, old?.past.size, old?.gaps]).toEqual([0, 0, ["a"]]);
  });
});
