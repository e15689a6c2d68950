import type { Strategy } from "e6data-web";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Browser, Tab } from "./driver/browser.ts";
import { type Road, startRoad } from "./road.ts";
import { everywhere, Stage, stackOf } from "./stage.ts";

const tabCount = 8;
const stormFlips = ["announced", "called off", "unannounced", "announced"] as const;
/** How many queries each tab ends between two flips at least. */
const queriesBetween = 2;

/** Declares the tests of what many tabs do in a deployment, in one browser: the same in each. */
export function testTabsIn(name: string, start: () => Promise<Browser>): void {
  let road: Road;
  let browser: Browser;
  let tabs: readonly Tab[];
  let stage: Stage;
  /** What a test has opened beside the tabs of all. */
  const opened: Tab[] = [];

  beforeAll(async () => {
    road = await startRoad();
    browser = await start();
    tabs = await Promise.all(Array.from({ length: tabCount }, () => browser.openTab(`${road.pageUrl}/`)));
  }, 60_000);

  afterAll(async () => {
    // Whatever did not start has nothing to end.
    await browser?.[Symbol.asyncDispose]();
    await road?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    await road.reset();
    stage = new Stage(road, tabs);
    await stage.openAll();
  });

  afterEach(async () => {
    const more = opened.splice(0);
    const strays = await Promise.all([...tabs, ...more].map((tab) => tab.call("strays")));
    await Promise.all(tabs.map((tab) => tab.call("close")));
    await Promise.all(more.map((tab) => tab.close()));
    expect(strays.flat()).toEqual([]);
  });

  describe(`${tabCount} tabs in ${name}`, () => {
    it("all arrive on an announced stack, and no query makes a call more", async () => {
      expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
      // What is still under way would bring the news to its tab too: here one of them is to tell the others.
      await stage.untilQuiet();
      await road.announce("green");
      await tabs[0]?.call("query", 1);
      await stage.untilAll(({ active, sessions }) => active === "green" && sessions.includes("green"), "is on green");
      await road.promote("green");
      expect(await stage.queryAll()).toEqual(everywhere(stage, "green"));
      await stage.untilQuiet();
      const { record } = stage;
      expect(record.failures).toEqual([]);
      expect(record.signIns("blue")).toEqual({ accepted: stage.users, refused: 0 });
      expect(record.signIns("green")).toEqual({ accepted: stage.users, refused: 0 });
      expect(record.queries).toHaveLength(2 * tabCount + 1);
      expect(new Set(record.queries.map(({ rpcs }) => rpcs.join()))).toHaveLength(1);
    });

    it("stay where they are when an announced switch is called off", async () => {
      await road.mock.control.setStack("green", { acceptsWhileStandby: false });
      expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
      await road.announce("green");
      await tabs[0]?.call("query", 1);
      await stage.untilAll(({ announced }) => announced === "green", "has heard of green");
      await road.announce(undefined);
      await tabs[1]?.call("query", 1);
      await stage.untilAll(({ announced }) => announced === null, "has heard that green is called off");
      await road.mock.control.setStack("green", { acceptsWhileStandby: true });
      expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
      expect(stage.record.signIns("green").accepted).toEqual([]);
      expect(stage.record.queries.filter(({ stack }) => stack === "green")).toEqual([]);
    });

    it("come back from a switch that was called off after they had made it", async () => {
      expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
      await road.announce("green");
      await tabs[0]?.call("query", 1);
      await stage.untilAll(({ active, sessions }) => active === "green" && sessions.includes("green"), "is on green");
      await road.announce(undefined);
      // Whoever asks the stack that is not to be, or is told of it, goes back.
      await stage.queryAll();
      await stage.untilAll(({ active }) => active === "blue", "is back on blue");
      expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
      expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
    });

    it("all arrive on a stack that nobody announced, and back", async () => {
      expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
      for (const stack of ["green", "blue"] as const) {
        await road.promote(stack);
        expect(await stage.queryAll()).toEqual(everywhere(stage, stack));
        await stage.untilAll(({ active }) => active === stack, `is on ${stack}`);
      }
      expect(stage.record.failures.filter(({ outcome }) => outcome.kind !== "http")).toEqual([]);
    });

    it("find out together, at the start, which stack is active: one of them asks the other one", async () => {
      await road.promote("green");
      expect(await stage.queryAll()).toEqual(everywhere(stage, "green"));
      expect(stage.record.signIns("green")).toEqual({ accepted: stage.users, refused: 0 });
      expect(stage.record.signIns("blue").refused).toBeLessThanOrEqual(2);
    });

    it("are joined by one that was reloaded and by a new one, which ask only the active stack and disturb nobody", async () => {
      await stage.queryAll();
      await road.promote("green");
      await stage.queryAll();
      await stage.untilAll(({ active }) => active === "green", "is on green");
      await stage.untilQuiet();
      road.mock.control.clearCalls();
      const told = () => Promise.all(tabs.slice(1).map((tab) => tab.call("events")));
      const before = await told();
      const [first] = tabs;
      if (first === undefined) throw new Error("there are no tabs");
      await first.reload();
      await stage.open(first, "reloaded");
      const late = await browser.openTab(`${road.pageUrl}/`);
      opened.push(late);
      await stage.open(late, "late");
      for (const tab of [first, late]) expect((await tab.call("query", 1)).map(stackOf)).toEqual(["green"]);
      expect(stage.record.signIns("green").accepted).toEqual(["late", "reloaded"]);
      expect(stage.record.calls.filter(({ stack }) => stack === "blue")).toEqual([]);
      expect(await told()).toEqual(before);
    });

    it("go on sharing when the user clears the data of the site under them", async () => {
      await stage.queryAll();
      await stage.untilQuiet();
      await tabs[0]?.call("clearSiteData");
      await road.promote("green");
      await tabs[1]?.call("query", 1);
      await stage.untilAll(({ active }) => active === "green", "is on green");
      expect(await stage.queryAll()).toEqual(everywhere(stage, "green"));
      await tabs[0]?.call("clearSiteData");
      await road.announce("blue");
      await tabs[1]?.call("query", 1);
      await stage.untilAll(({ active, sessions }) => active === "blue" && sessions.includes("blue"), "is on blue");
      await road.promote("blue");
      expect(await stage.queryAll()).toEqual(everywhere(stage, "blue"));
      const told = (await Promise.all(tabs.map((tab) => tab.call("events")))).flat();
      expect(told.filter(({ type }) => type === "store-degraded")).toEqual([]);
    });

    it("share what they know where there are no locks", async () => {
      const lockless = await Promise.all(
        Array.from({ length: 3 }, () => browser.openTab(`${road.pageUrl}/?obstacle=locks+missing`)),
      );
      opened.push(...lockless);
      const few = new Stage(road, lockless);
      await few.openAll();
      expect(await few.queryAll()).toEqual(everywhere(few, "blue"));
      await road.promote("green");
      await lockless[0]?.call("query", 1);
      await few.untilAll(({ active }) => active === "green", "is on green");
      expect(await few.queryAll()).toEqual(everywhere(few, "green"));
      const missing = expect.objectContaining({ part: "locks", reason: "NotSupportedError" });
      let missed = 0;
      for (const tab of lockless) {
        const events = await tab.call("events");
        const degraded = events.filter(({ type }) => type === "store-degraded");
        // Who hears from another tab which stack is active, before it has begun to search, needs no lock and misses none.
        const isMissed = degraded.length > 0 || events.some(({ type }) => type === "detected");
        expect(degraded).toEqual(isMissed ? [missing] : []);
        if (isMissed) missed++;
      }
      expect(missed).toBeGreaterThan(0);
    });

    it("begin again what a hard switch takes from them", async () => {
      await Promise.all(tabs.map((tab) => tab.call("beginLoop")));
      for (const stack of ["green", "blue"] as const) {
        await untilEachDid(queriesBetween);
        // Just now a query has begun to run, and its next call is refused.
        await road.promoteHardAfter("executeStatement", stack);
      }
      await untilEachDid(queriesBetween);
      const ends = await Promise.all(tabs.map((tab) => tab.call("endLoop")));
      expect(ends.flatMap(({ bad }) => bad)).toEqual([]);
      const told = (await Promise.all(tabs.map((tab) => tab.call("events")))).flat();
      const restarts = told.filter((event) => event.type === "recovered" && event.by === "restart");
      expect(restarts.length).toBeGreaterThanOrEqual(2);
      expect(stage.record.queries.filter(({ isPinned }) => !isPinned)).toEqual([]);
    });

    it("lose no query in a storm of flips, and leave no secret anywhere", async () => {
      const listener = tabs[0];
      if (listener === undefined) throw new Error("there are no tabs");
      await listener.call("overhear", { url: road.gateway.url, cluster: stage.cluster });
      await Promise.all(tabs.map((tab) => tab.call("beginLoop")));
      // Each change of the deployment writes over what the one before has left.
      const stored: string[] = [];
      let active: Strategy = "blue";
      for (const kind of stormFlips) {
        stored.push(await listener.call("storedText"));
        const other: Strategy = active === "blue" ? "green" : "blue";
        if (kind !== "unannounced") {
          await road.announce(other);
          await untilEachDid(queriesBetween);
        }
        if (kind === "called off") {
          await road.announce(undefined);
        } else {
          await road.promote(other);
          active = other;
        }
        await untilEachDid(queriesBetween);
      }
      const ends = await Promise.all(tabs.map((tab) => tab.call("endLoop")));
      expect(ends.flatMap(({ bad }) => bad)).toEqual([]);
      const { record } = stage;
      const good = ends.reduce((sum, end) => sum + end.good, 0);
      expect(record.queries.filter(({ rpcs }) => rpcs.some((rpc) => rpc.startsWith("execute")))).toHaveLength(good);
      expect(record.queries.filter(({ isPinned }) => !isPinned)).toEqual([]);
      await stage.untilAll(({ pins }) => pins === 0, "has let go of its queries");
      await stage.untilQuiet();
      expect(await stage.queryAll()).toEqual(everywhere(stage, active));
      const heard = await listener.call("overheard");
      expect(heard.length).toBeGreaterThan(0);
      const told = await Promise.all(tabs.map((tab) => tab.call("events")));
      const texts = [...heard, ...stored, await listener.call("storedText"), JSON.stringify(told)].join("\n");
      const secrets = [...stage.users, "secret of", "nation", ...record.calls.flatMap(({ session }) => session ?? [])];
      expect(texts).toContain("epoch");
      expect(secrets.filter((secret) => texts.includes(secret))).toEqual([]);
    });
  });

  /** Waits until so many more queries of each tab's loop have ended. */
  async function untilEachDid(more: number): Promise<void> {
    await Promise.all(tabs.map((tab) => tab.call("loopDid", more)));
  }
}
