import { describe, expect, it } from "vitest";
import { onBlue, pendingGreen } from "../../test/strategy-events.ts";
import { type StrategyState, unknownStrategy } from "../strategy/strategy-state.ts";
import { deploymentNews } from "./deployment-news.ts";

const unknown = unknownStrategy("l", "e0");
const announcedGreen = pendingGreen("header");
const onGreen: StrategyState = { ...onBlue, epoch: "e2", active: "green", changedAt: 12_000, checkedAt: 12_000 };
const announcedBlue: StrategyState = { ...onGreen, pending: { ...announcedGreen.pending, id: "p2", stack: "blue" } };

const announced = { type: "announced", stack: "green", by: "header" };
const toBlue = { type: "switched", from: "green", to: "blue", changedAt: 8_000, tookMs: undefined };
const toGreen = { type: "switched", from: "blue", to: "green", changedAt: 12_000, tookMs: undefined };

describe("deploymentNews()", () => {
  it.each<[string, StrategyState, StrategyState, object[]]>([
    ["nothing", onBlue, onBlue, []],
    ["nothing of times and cooldowns", onBlue, { ...onBlue, checkedAt: 1, cooldown: undefined, version: 9 }, []],
    ["the stack that is found first", unknown, onBlue, [{ ...toBlue, from: undefined }]],
    [
      "a stack that is found with an announcement",
      unknown,
      announcedGreen,
      [{ ...toBlue, from: undefined }, announced],
    ],
    ["an announcement", onBlue, announcedGreen, [announced]],
    ["how it was announced", onBlue, pendingGreen("message"), [{ ...announced, by: "message" }]],
    [
      "no second announcement by another id",
      announcedGreen,
      { ...announcedGreen, pending: { ...announcedGreen.pending, id: "p9" } },
      [],
    ],
    ["no second announcement by the header", pendingGreen("message"), announcedGreen, []],
    ["that it is called off", announcedGreen, onBlue, [{ type: "called-off", stack: "green" }]],
    [
      "that it is called off, by views that were slept through",
      announcedGreen,
      { ...onBlue, epoch: "e9" },
      [{ type: "called-off", stack: "green" }],
    ],
    ["a switch, and when it was announced", announcedGreen, onGreen, [{ ...toGreen, tookMs: 3_000 }]],
    ["a switch that nobody announced", onBlue, onGreen, [toGreen]],
    [
      "a switch and the announcement of the way back",
      announcedGreen,
      announcedBlue,
      [
        { ...toGreen, tookMs: 3_000 },
        { ...announced, stack: "blue" },
      ],
    ],
    [
      "two switches that were slept through as none",
      announcedGreen,
      { ...announcedGreen, epoch: "e9", pending: { ...announcedGreen.pending, id: "p9" } },
      [],
    ],
    ["a way back that was slept through", announcedBlue, announcedGreen, [{ ...toBlue, tookMs: -1_000 }, announced]],
    ["nothing of a view that was lost", onBlue, unknown, []],
  ])("tells %s", (_case, before, view, news) => {
    expect(deploymentNews(view, before)).toEqual(news);
  });
});
