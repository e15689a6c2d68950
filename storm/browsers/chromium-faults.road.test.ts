import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Tab } from "./driver/browser.ts";
import { type Chromium, type ChromiumTab, startChromium } from "./driver/chromium.ts";
import type { Obstacle } from "./page/page-api.ts";
import { isRefused } from "./record.ts";
import { type Road, startRoad } from "./road.ts";
import { everywhere, patience, Stage, stackOf } from "./stage.ts";

/** What is wrong with a tab or its browser, and what its neighbours and itself make of it. */

let road: Road;
let browser: Chromium;
const opened: Tab[] = [];

beforeAll(async () => {
  road = await startRoad();
  browser = await startChromium();
}, 60_000);

afterAll(async () => {
  // Whatever did not start has nothing to end.
  await browser?.[Symbol.asyncDispose]();
  await road?.[Symbol.asyncDispose]();
});

beforeEach(() => road.reset());

afterEach(async () => {
  const tabs = opened.splice(0);
  const strays = await Promise.all(tabs.map((tab) => tab.call("strays")));
  await Promise.all(tabs.map((tab) => tab.close()));
  expect(strays.flat()).toEqual([]);
});

/** Tabs of this test alone, one for each obstacle; a connection is open in each. */
async function stageWith(...obstacles: readonly (Obstacle | "none")[]): Promise<Stage<ChromiumTab>> {
  const tabs = await Promise.all(
    obstacles.map((obstacle) => browser.openTab(`${road.pageUrl}/?${new URLSearchParams({ obstacle })}`)),
  );
  opened.push(...tabs);
  const stage = new Stage(road, tabs);
  await stage.openAll();
  return stage;
}

const healthy = (count: number) => Array.from({ length: count }, () => "none" as const);

/** Has sign-ins on green take longer than any test, from the n-th on. */
function holdUpSignIns(nth: number, times: number): void {
  road.mock.control.faults([{ rpc: "authenticate", stack: "green", delayMs: 60_000, nth, times }]);
}

describe("500 refusals at once", () => {
  /**
   * Has each tab make look-ups, all of which are refused, and be told so at the same moment; of what the gateway answers then, no
   * tab hears before `meanwhile` has ended. No look-up may fail.
   */
  async function refuseAtOnce(stage: Stage, countInEach: number, meanwhile: () => Promise<void>): Promise<void> {
    const { tabs, record } = stage;
    await stage.queryAll();
    await stage.untilQuiet();
    await Promise.all(tabs.map((tab) => tab.call("holdAnswers")));
    // Nobody has announced it, not even beside a refusal: who is on green has looked for it.
    road.promoteSilently("green");
    const ends = Promise.all(tabs.map((tab) => tab.call("lookUp", countInEach)));
    const held = () => Promise.all(tabs.map((tab) => tab.call("heldRefusals")));
    await expect.poll(held, patience).toEqual(tabs.map(() => countInEach));
    await Promise.all(tabs.map((tab) => tab.call("holdAnswers")));
    await meanwhile();
    await Promise.all(tabs.map((tab) => tab.call("releaseAnswers")));
    expect((await ends).flat()).toEqual([]);
    const refused = record.calls.filter((call) => isRefused(call) && call.rpc.startsWith("getTables"));
    expect(refused).toHaveLength(tabs.length * countInEach);
  }

  it("make one search in a tab", async () => {
    const stage = await stageWith("none");
    await refuseAtOnce(stage, 500, async () => {
      await expect.poll(() => stage.record.asked("green").length, patience).toBeGreaterThan(0);
      // Each search would want the lock.
      expect(await stage.tabs[0]?.call("locks")).toEqual({ held: 1, waiting: 0 });
    });
    expect(stage.record.signIns("green")).toEqual({ accepted: ["tab-0"], refused: 0 });
    const told = await stage.tabs[0]?.call("events");
    // One at the start, and one now.
    expect(told?.filter(({ type }) => type === "detected")).toHaveLength(2);
  });

  it("make one search in eight tabs, for as long as they wait for one another", async () => {
    const stage = await stageWith(...Array.from({ length: 8 }, () => "endless waits" as const));
    const { record, tabs, users } = stage;
    const searches = async () => {
      const locks = await tabs[0]?.call("locks");
      return { asked: record.asked("green").length, waiting: locks?.waiting ?? 0 };
    };
    await refuseAtOnce(stage, 63, async () => {
      const inSearch = async () => Object.values(await searches()).reduce((sum, count) => sum + count);
      await expect.poll(inSearch, patience).toBeGreaterThanOrEqual(tabs.length);
      expect(await searches()).toEqual({ asked: 1, waiting: tabs.length - 1 });
    });
    // Who was told where to go has signed in there.
    expect(record.signIns("green")).toEqual({ accepted: users, refused: 0 });
  });
});

describe("an announced stack that is slow to sign in on", () => {
  it("is waited for by no query", async () => {
    // Few, for each sign-in takes one of the six connections that a browser has to a host without HTTP/2.
    const stage = await stageWith(...healthy(3));
    await stage.queryAll();
    await stage.untilQuiet();
    // One tab is let in, and switches; the others wait for longer than all that follows: they are closed before.
    holdUpSignIns(2, 1_000);
    await road.announce("green");
    await stage.tabs[0]?.call("query", 1);
    const { record, tabs, users } = stage;
    await expect.poll(() => record.asked("green").length, patience).toBe(users.length);
    await stage.untilAll(({ active }) => active === "green", "knows that one has switched");
    const views = await Promise.all(tabs.map((tab) => tab.call("view")));
    const stacks = views.map(({ sessions }) => (sessions.includes("green") ? "green" : "blue"));
    expect(stacks.filter((stack) => stack === "green")).toHaveLength(1);
    expect(await stage.queryAll()).toEqual(stacks);
    await expect
      .poll(() => record.queries.map(({ rpcs }) => rpcs.join()), patience)
      .toEqual(Array.from({ length: 7 }, () => record.queries[0]?.rpcs.join()));
    expect(record.signIns("green").accepted).toHaveLength(1);
    expect(record.signIns("blue").accepted).toEqual(users);
  });
});

describe("a tab that crashes while it searches", () => {
  it("keeps nobody waiting, and the others arrive", async () => {
    const stage = await stageWith("endless waits", ...healthy(3));
    const [victim, ...others] = stage.tabs;
    if (victim === undefined) throw new Error("there are no tabs");
    await stage.queryAll();
    holdUpSignIns(1, 1);
    road.promoteSilently("green");
    victim.call("query", 1).catch(() => undefined);
    await expect.poll(() => stage.record.asked("green").length, patience).toBe(1);
    expect(await others[0]?.call("locks")).toMatchObject({ held: 1 });
    await victim.crash();
    opened.splice(opened.indexOf(victim), 1);
    const few = new Stage(road, others);
    expect(await few.queryAll()).toEqual(everywhere(few, "green"));
    await few.untilAll(({ active }) => active === "green", "is on green");
    await victim.close();
  });
});

describe("a page that comes back from the back/forward cache", () => {
  it("knows at once where the others have gone, and is heard again", async () => {
    const stage = await stageWith(...healthy(3));
    const [tab, ...others] = stage.tabs;
    if (tab === undefined) throw new Error("there are no tabs");
    await stage.queryAll();
    await stage.untilQuiet();
    const id = await tab.call("pageId");
    await tab.page.goto(`${road.pageUrl}/empty`);
    await road.promote("green");
    const rest = new Stage(road, others);
    expect(await rest.queryAll()).toEqual(everywhere(rest, "green"));
    await tab.goBack();
    expect([await tab.call("pageId"), await tab.call("returns")]).toEqual([id, 1]);
    await stage.untilAll(({ active }) => active === "green", "is on green");
    expect(await stage.queryAll()).toEqual(everywhere(stage, "green"));
    await road.promote("blue");
    expect((await tab.call("query", 1)).map(stackOf)).toEqual(["blue"]);
    await stage.untilAll(({ active }) => active === "blue", "is on blue");
  });
});

describe("a browser that loses its network", () => {
  it("has its queries wait for it, and knows then where to go", async () => {
    const stage = await stageWith(...healthy(3));
    await stage.queryAll();
    await stage.untilQuiet();
    await browser.setOffline(true);
    const lost = stage.tabs.map((tab) => tab.lostCall());
    const answered = stage.queryAll();
    await Promise.all(lost);
    await road.promote("green");
    await browser.setOffline(false);
    expect(await answered).toEqual(everywhere(stage, "green"));
    await stage.untilAll(({ active, pins }) => active === "green" && pins === 0, "is on green");
    expect(stage.record.queries.filter(({ isPinned }) => !isPinned)).toEqual([]);
  });
});

describe("a tab without a part of its browser", () => {
  it.each<[Obstacle, string, string]>([
    ["locks missing", "locks", "NotSupportedError"],
    ["locks rejecting", "locks", "NotSupportedError"],
    ["storage missing", "storage", "NotSupportedError"],
    ["storage throwing", "storage", "SecurityError"],
    ["storage failing", "storage", "SecurityError"],
    ["storage hanging", "storage", "TimeoutError"],
    ["channel missing", "bell", "NotSupportedError"],
    ["channel throwing", "bell", "SecurityError"],
  ])("(%s) says so once, goes on alone, and holds up nobody", async (obstacle, part, reason) => {
    const stage = await stageWith(obstacle, "none");
    const [broken] = stage.tabs;
    expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
    await stage.untilQuiet();
    await road.announce("green");
    await stage.queryAll();
    await stage.untilAll(({ active, sessions }) => active === "green" && sessions.includes("green"), "is on green");
    await road.promote("green");
    expect(await stage.queryAll()).toEqual(everywhere(stage, "green"));
    await road.promote("blue");
    expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
    const degraded = async () =>
      (await broken?.call("events"))?.filter(({ type }) => type === "store-degraded").map(({ at: _, ...step }) => step);
    await expect.poll(degraded, patience).toEqual([{ type: "store-degraded", part, reason }]);
  });
});

describe("a frame of an opaque origin", () => {
  it("works alone: it has no storage, and follows each switch by itself", async () => {
    const frame = await browser.openFrame(`${road.pageUrl}/sandbox`);
    opened.push(frame);
    const stage = new Stage(road, [frame]);
    await frame.call("open", { url: `${road.pageUrl}/gateway`, cluster: stage.cluster, user: "tab-0" });
    expect(await stage.queryAll()).toEqual(["blue"]);
    await road.promote("green");
    expect(await stage.queryAll()).toEqual(["green"]);
    await road.announce("blue");
    await stage.queryAll();
    await stage.untilAll(({ active }) => active === "blue", "is on blue");
    const degraded = (await frame.call("events")).filter(({ type }) => type === "store-degraded");
    expect(degraded).toEqual(
      expect.arrayContaining([expect.objectContaining({ part: "storage", reason: "SecurityError" })]),
    );
  });
});

describe("a database that somebody never lets go of", () => {
  it("leaves each tab alone, and unites them when it is free again", async () => {
    const stage = await stageWith(...healthy(3));
    await stage.queryAll();
    const jam = await browser.openTab(`${road.pageUrl}/`);
    await jam.call("jamStorage");
    await road.promote("green");
    expect(await stage.queryAll()).toEqual(everywhere(stage, "green"));
    const kinds = async () =>
      (await Promise.all(stage.tabs.map((tab) => tab.call("events")))).map((events) =>
        events.map(({ type }) => type).filter((type) => type.startsWith("store-")),
      );
    await expect.poll(kinds, patience).toEqual(everywhere(stage, ["store-degraded"]));
    await jam.close();
    await expect.poll(kinds, patience).toEqual(everywhere(stage, ["store-degraded", "store-restored"]));
    await road.promote("blue");
    await stage.tabs[0]?.call("query", 1);
    await stage.untilAll(({ active }) => active === "blue", "is on blue");
    expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
  });
});
