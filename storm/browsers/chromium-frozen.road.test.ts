import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PuppeteerBrowser, type PuppeteerTab, startPuppeteer } from "./driver/puppeteer.ts";
import { type Road, startRoad } from "./road.ts";
import { everywhere, patience, Stage, stackOf } from "./stage.ts";

/** Tabs that the browser freezes, as it does with those in the background. Playwright's tabs are all in front: puppeteer's are not. */

let road: Road;
let browser: PuppeteerBrowser;
let tabs: readonly PuppeteerTab[];

beforeAll(async () => {
  road = await startRoad();
  browser = await startPuppeteer("chromium");
  tabs = await Promise.all(Array.from({ length: 3 }, () => browser.openTab(`${road.pageUrl}/`)));
}, 60_000);

afterAll(async () => {
  // Whatever did not start has nothing to end.
  await browser?.[Symbol.asyncDispose]();
  await road?.[Symbol.asyncDispose]();
});

beforeEach(() => road.reset());

afterEach(async () => {
  expect((await Promise.all(tabs.map((tab) => tab.call("strays")))).flat()).toEqual([]);
});

async function open() {
  const [sleeper, ...others] = tabs;
  if (sleeper === undefined) throw new Error("there are no tabs");
  const stage = new Stage(road, tabs);
  await stage.openAll();
  expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
  await stage.untilQuiet();
  // Only what is behind another tab can be frozen.
  await others[0]?.page.bringToFront();
  const devtools = await sleeper.page.createCDPSession();
  const setState = (state: "frozen" | "active") => devtools.send("Page.setWebLifecycleState", { state });
  return { stage, sleeper, awake: new Stage(road, others), setState };
}

describe("a frozen tab", () => {
  it("that holds the lock of a search keeps nobody waiting for good, and arrives when it thaws", async () => {
    const { stage, sleeper, awake, setState } = await open();
    // Long enough to freeze the tab meanwhile, on a busy machine too.
    road.mock.control.faults([{ rpc: "authenticate", stack: "green", delayMs: 5_000 }]);
    road.promoteSilently("green");
    const held = sleeper.call("query", 1);
    await expect.poll(() => stage.record.asked("green").length, patience).toBe(1);
    await setState("frozen");
    expect(await awake.tabs[0]?.call("locks")).toMatchObject({ held: 1 });
    expect(await awake.queryAll()).toEqual(everywhere(awake, "green"));
    expect(await awake.tabs[0]?.call("locks")).toMatchObject({ held: 1 });
    await setState("active");
    expect((await held).map(stackOf)).toEqual(["green"]);
    await stage.untilAll(({ active, pins }) => active === "green" && pins === 0, "is on green");
  });

  it("that slept through every switch knows of the last one when it thaws", async () => {
    const { stage, sleeper, awake, setState } = await open();
    await setState("frozen");
    for (const stack of ["green", "blue", "green"] as const) {
      await road.promote(stack);
      expect(await awake.queryAll()).toEqual(everywhere(awake, stack));
    }
    await stage.untilQuiet();
    road.mock.control.clearCalls();
    await setState("active");
    await stage.untilAll(({ active }) => active === "green", "is on green");
    expect((await sleeper.call("query", 1)).map(stackOf)).toEqual(["green"]);
  });
});
