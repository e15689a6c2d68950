import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BrowserGroup } from "../../test/browser-group.ts";
import { eventually } from "../../test/store-suite.ts";
import { news, other } from "../../test/view-news.ts";
import { platformRuntime } from "../runtime.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import { createBrowserStore } from "./browser-store.ts";

let group = new BrowserGroup();
const opened: StrategyStore[] = [];

beforeEach(() => {
  group = new BrowserGroup();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  await group.end();
});

function open(scope?: typeof globalThis) {
  const tab = group.openWith(undefined, scope);
  opened.push(tab.store);
  return tab;
}

/** A frame of the page's origin: a context with a database connection, channels and locks of its own. */
function openFrame(): HTMLIFrameElement & { readonly scope: typeof globalThis } {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  // The window of a frame is a global scope, which its type does not say.
  return Object.assign(frame, { scope: frame.contentWindow as unknown as typeof globalThis });
}

describe("createBrowserStore(), in several contexts", () => {
  it("is shared by frames", async () => {
    const frames = [openFrame(), openFrame(), openFrame()];
    const tabs = [open(), ...frames.map(({ scope }) => open(scope))];
    await Promise.all(tabs.map(({ store }) => store.ready));
    tabs[2]?.store.dispatch(news.accepted(tabs[2].store.read(), "green"));
    for (const { store, events } of tabs) {
      await eventually(() => expect(store.read()).toMatchObject({ active: "green", version: 1 }));
      expect(events).toEqual([]);
    }
    for (const frame of frames) frame.remove();
  });

  it("goes on in the others when one is torn down in the middle of a change, lock in hand", async () => {
    const frame = openFrame();
    const [dying, living] = [open(frame.scope), open()];
    await Promise.all([dying.store.ready, living.store.ready]);
    const held = Promise.withResolvers<void>();
    void dying.store.withLock?.("detect", 5_000, () => {
      held.resolve();
      dying.store.dispatch(news.accepted(dying.store.read(), "green"));
      return new Promise(() => undefined);
    });
    await held.promise;
    frame.remove();
    const detect = async () =>
      living.store.dispatch(news.accepted(living.store.read(), other(living.store.read().active)));
    await living.store.withLock?.("detect", 60_000, detect);
    await eventually(() => expect(living.store.read().version).toBeGreaterThan(0));
    opened.splice(opened.indexOf(dying.store), 1);
    expect(living.events).toEqual([]);
  });

  it("is shared with workers, which need no page", async () => {
    const worker = new Worker(new URL("../../test/store-worker.ts", import.meta.url), { type: "module" });
    const told: unknown[] = [];
    worker.onmessage = ({ data }) => told.push(data);
    const { store } = open();
    store.dispatch(news.accepted(store.read(), "blue"));
    await eventually(() => expect(store.read().version).toBe(1));
    worker.postMessage({ database: group.database, cluster: group.cluster });
    await eventually(() => expect(told.at(-1)).toEqual({ ready: "blue" }));
    worker.postMessage({ accepted: "green" });
    await eventually(() => expect(store.read()).toMatchObject({ active: "green", version: 2 }));
    store.dispatch(news.accepted(store.read(), "blue"));
    await eventually(() => expect(told.at(-1)).toEqual({ active: "blue" }));
    worker.postMessage({ close: true });
    await eventually(() => expect(told.at(-1)).toEqual({ closed: true }));
    worker.terminate();
  });

  it("keeps clusters apart", async () => {
    const here = open();
    const there = createBrowserStore({
      cluster: `${group.cluster} other`,
      platform: group.platform(),
      runtime: platformRuntime,
      onEvent: () => expect.fail("an event"),
    });
    here.store.dispatch(news.accepted(here.store.read(), "green"));
    await eventually(() => expect(here.store.read().version).toBe(1));
    await there.withLock?.("any", 0, async () => undefined);
    expect(there.read().active).toBeUndefined();
    there.dispatch(news.accepted(there.read(), "blue"));
    await there.close();
    expect([here.store.read().active, (await group.rows()).length]).toEqual(["green", 2]);
  });
});

describe("createBrowserStore(), and what it leaves to see", () => {
  it("holds in its row, and says to others, nothing but what is known about the deployment", async () => {
    const heard: unknown[] = [];
    const stranger = new BroadcastChannel(`e6data-web ${group.cluster}`);
    stranger.onmessage = ({ data }) => heard.push(data);
    const { store } = open();
    store.dispatch(news.accepted(store.read(), "blue"));
    store.dispatch(news.announced(store.read(), "green"));
    await eventually(() => expect(heard).toHaveLength(1));
    const { lineage, version } = store.read();
    expect(heard).toEqual([{ lineage, version }]);
    expect(await group.rows()).toEqual([store.read()]);
    stranger.close();
  });

  it("lets go of database, channel, page and locks when it is closed", async () => {
    const { store } = open();
    await store.ready;
    const second = open();
    await store.close();
    second.store.dispatch(news.accepted(second.store.read(), "green"));
    await eventually(() => expect(second.store.read().version).toBe(1));
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    document.dispatchEvent(new Event("resume"));
    await second.store.close();
    expect(store.read().active).toBeUndefined();
    await group.clearSiteData();
  });
});

describe("createBrowserStore(), with its page", () => {
  it.each<[string, () => void]>([
    [
      "comes out of the back/forward cache",
      () => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })),
    ],
    ["is woken up", () => document.dispatchEvent(new Event("resume"))],
    ["is seen again", () => document.dispatchEvent(new Event("visibilitychange"))],
  ])("reads what it has missed when the page %s", async (_what, comeBack) => {
    const { store } = open();
    await store.ready;
    // With no channel open, nobody hears of the change.
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    const frame = openFrame();
    const second = open(frame.scope);
    second.store.dispatch(news.accepted(second.store.read(), "green"));
    await eventually(() => expect(second.store.read().version).toBe(1));
    expect(store.read().active).toBeUndefined();
    comeBack();
    expect(store.read().active).toBeUndefined();
    await eventually(() => expect(store.read()).toMatchObject({ active: "green", version: 1 }));
    frame.remove();
  });

  it("holds nothing while the page is in the back/forward cache", async () => {
    const { store, events } = open();
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(store.read().version).toBe(1));
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    await group.clearSiteData();
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    expect([store.read().active, events]).toEqual(["green", []]);
  });

  it("lets end what runs when the page is put into the back/forward cache", async () => {
    const { store, events } = open();
    store.dispatch(news.accepted(store.read(), "green"));
    await Promise.resolve();
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    await eventually(() => expect(store.read()).toMatchObject({ active: "green", version: 1 }));
    expect(events).toEqual([]);
  });

  it("keeps what it holds when the page goes for good", async () => {
    const { store } = open();
    await store.ready;
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
    const second = open();
    second.store.dispatch(news.accepted(second.store.read(), "green"));
    await eventually(() => expect(store.read().active).toBe("green"));
  });
});

describe("createBrowserStore(), in any order", () => {
  const action = fc.record({ tab: fc.nat({ max: 2 }), kind: fc.nat({ max: 3 }), waits: fc.boolean() });

  it("comes to one row, mirrors that are equal to it, and a version for each committed change", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 30 }), async (actions) => {
        const own = new BrowserGroup();
        const tabs = Array.from({ length: 3 }, () => own.openWith());
        for (const { tab, kind, waits } of actions) {
          const { store } = tabs[tab] ?? expect.fail("no tab");
          const view = store.read();
          if (kind === 0) store.dispatch(news.accepted(view, other(view.active)));
          if (kind === 1) store.dispatch(news.announced(view, other(view.active)));
          if (kind === 2) store.dispatch(news.announced(view, undefined));
          if (kind === 3) store.dispatch(news.switched(view));
          if (waits) await store.withLock?.("turn", 0, async () => undefined);
        }
        // Under a lock the row is read after all that was dispatched before has been carried into it.
        for (const { store } of [...tabs, ...tabs]) await store.withLock?.("turn", 0, async () => undefined);
        const [row, ...rest] = await own.rows();
        expect(rest).toEqual([]);
        for (const { store, events } of tabs) {
          if (row !== undefined) expect(store.read()).toEqual(row);
          expect(events).toEqual([]);
          await store.close();
        }
        await own.end();
      }),
      { numRuns: 25 },
    );
  });
});
