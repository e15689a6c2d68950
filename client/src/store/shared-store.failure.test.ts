import { describe, expect, it, vi } from "vitest";
import { FakeSharing } from "../../test/fake-sharing.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { broken, never, openOnBlue, openTab } from "../../test/open-tab.ts";
import { eventually } from "../../test/store-suite.ts";
import { news } from "../../test/view-news.ts";
import { SharedStore } from "./shared-store.ts";

describe("SharedStore, where the platform fails", () => {
  it.each([
    ["reads", "read"],
    ["writes", "write"],
    ["answers", "answer"],
  ] as const)("keeps to itself when it fails as it %s, and says so once", async (_what, step) => {
    const { store, events } = openTab(new FakeSharing(), broken("QuotaExceededError", step));
    await store.ready;
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(events).toHaveLength(1));
    store.dispatch(news.announced(store.read(), "blue"));
    store.dispatch(news.switched(store.read()));
    expect(store.read().active).toBe("blue");
    await store.close();
    expect(events).toEqual([{ type: "store-degraded", part: "storage", reason: "QuotaExceededError" }]);
  });

  it("keeps to itself when it cannot join the bell, and opens nothing", async () => {
    const { store, events, sharing } = openTab(new FakeSharing(), (step) => {
      if (step === "join") throw new TypeError("told to fail");
    });
    await eventually(() => expect(events).toEqual([{ type: "store-degraded", part: "bell", reason: "TypeError" }]));
    expect(store.dispatch(news.accepted(store.read(), "green")).active).toBe("green");
    expect([sharing.inUse, sharing.history]).toEqual([0, []]);
    await store.close();
  });

  it("keeps to itself when the platform has not answered for two seconds, with all that was found out meanwhile", async () => {
    const { store, events, runtime } = openTab(new FakeSharing(), () => never);
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(runtime.sleeping).toContain(2_000));
    runtime.advance(1_999);
    store.dispatch(news.announced(store.read(), "blue"));
    await Promise.resolve();
    expect(events).toEqual([]);
    runtime.advance(1);
    await eventually(() =>
      expect(events).toEqual([{ type: "store-degraded", part: "storage", reason: "TimeoutError" }]),
    );
    expect(store.read()).toMatchObject({ active: "green", pending: { stack: "blue" } });
    await store.close();
  });

  it("goes on whatever is thrown by who is told of it", async () => {
    const sharing = new FakeSharing();
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const { parts, page } = sharing.parts(createManualRuntime(), broken("UnknownError", "read", "write"));
    const store = new SharedStore({
      ...parts,
      onEvent: () => {
        throw new Error("broken");
      },
    });
    await eventually(() => expect(reported).toHaveBeenCalledTimes(1));
    page.wake();
    expect(store.dispatch(news.accepted(store.read(), "green")).active).toBe("green");
    await store.close();
    vi.unstubAllGlobals();
  });

  it("lives alone in a lineage of its own", async () => {
    const { store, platform, events, sharing } = await openOnBlue();
    const { lineage } = store.read();
    platform.pace = broken("UnknownError", "write");
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(events).toHaveLength(1));
    expect(store.read()).toMatchObject({ active: "green", version: 0 });
    expect(sharing.inUse).toBe(0);
    expect(store.read().lineage).not.toBe(lineage);
    expect(store.dispatch(news.accepted(store.read(), "blue")).version).toBe(1);
    await store.close();
  });

  it("tells nobody of the step down itself, which changes nothing that is known", async () => {
    const { store, platform, events } = await openOnBlue();
    let told = 0;
    store.subscribe(() => told++);
    platform.pace = broken("UnknownError", "write");
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(events).toHaveLength(1));
    expect(told).toBe(1);
    await store.close();
  });
});

describe("SharedStore, when the platform comes back", () => {
  /** A tab that knew of blue, was cut off, and found green for itself, while others found something else. */
  async function openCutOff() {
    const tab = await openOnBlue();
    tab.platform.pace = broken("UnknownError", "read", "write");
    tab.store.dispatch(news.accepted(tab.store.read(), "green"));
    await eventually(() => expect(tab.events).toHaveLength(1));
    return tab;
  }

  it("reads what the others know once the page is seen again, and writes nothing", async () => {
    const { store, events, page, platform, sharing } = await openCutOff();
    const writes = sharing.history.length;
    platform.pace = () => undefined;
    page.wake();
    await eventually(() => expect(events.at(-1)).toEqual({ type: "store-restored" }));
    expect(store.read()).toEqual(sharing.row);
    expect(store.read().active).toBe("blue");
    expect(sharing.history.slice(writes).every((state) => state === sharing.row)).toBe(true);
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(sharing.row).toMatchObject({ active: "green", version: 2 }));
    await store.close();
  });

  it("hears the others again", async () => {
    const { store, events, page, platform, sharing } = await openCutOff();
    platform.pace = () => undefined;
    page.wake();
    await eventually(() => expect(events).toHaveLength(2));
    const second = openTab(sharing);
    await second.store.ready;
    second.store.dispatch(news.announced(second.store.read(), "green"));
    await eventually(() => expect(store.read().pending?.stack).toBe("green"));
    await Promise.all([store.close(), second.store.close()]);
    expect(sharing.inUse).toBe(0);
  });

  it("keeps what it knows where the row is gone, and begins the row anew with the next change", async () => {
    const { store, events, page, platform, sharing } = await openCutOff();
    platform.pace = () => undefined;
    sharing.row = undefined;
    page.wake();
    await eventually(() => expect(events).toHaveLength(2));
    expect([store.read().active, sharing.row]).toEqual(["green", undefined]);
    store.dispatch(news.announced(store.read(), "blue"));
    await eventually(() => expect(store.read()).toMatchObject({ version: 1, pending: { stack: "blue" } }));
    expect(store.read()).toEqual(sharing.row);
    await store.close();
  });

  it("says nothing more while every try fails", async () => {
    const { store, events, page } = await openCutOff();
    for (let time = 0; time < 5; time++) {
      page.wake();
      await store.withLock("x", 0, async () => undefined);
    }
    expect(events).toHaveLength(1);
    await store.close();
  });

  it("tries again with a change when a minute has passed, where the page is seen all the time", async () => {
    const { store, events, platform, runtime } = await openCutOff();
    platform.pace = () => undefined;
    runtime.advance(59_999);
    store.dispatch(news.announced(store.read(), "blue"));
    await new Promise((resolve) => setTimeout(resolve));
    expect(events).toHaveLength(1);
    runtime.advance(1);
    store.dispatch(news.announced(store.read(), "green"));
    await eventually(() => expect(events.at(-1)).toEqual({ type: "store-restored" }));
    await store.close();
  });

  it("comes back by itself when what took too long ends after all", async () => {
    const answer = Promise.withResolvers<void>();
    const { store, events, runtime, platform, sharing } = openTab(new FakeSharing(), () => answer.promise);
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(runtime.sleeping).toContain(2_000));
    runtime.advance(2_000);
    await eventually(() => expect(events).toHaveLength(1));
    platform.pace = () => undefined;
    answer.resolve();
    await eventually(() => expect(events.at(-1)).toEqual({ type: "store-restored" }));
    await store.close();
    expect(sharing.inUse).toBe(0);
  });
});

describe("SharedStore, when site data are cleared", () => {
  it("begins the row anew from what is known, as another lineage, which all take over", async () => {
    const first = await openOnBlue();
    const { sharing, store } = first;
    const second = openTab(sharing);
    await second.store.ready;
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(second.store.read().version).toBe(2));
    const { lineage } = store.read();
    sharing.row = undefined;
    second.store.dispatch(news.announced(second.store.read(), "blue"));
    await eventually(() =>
      expect(store.read()).toMatchObject({ active: "green", pending: { stack: "blue" }, version: 1 }),
    );
    expect(store.read().lineage).not.toBe(lineage);
    expect(store.read()).toEqual(second.store.read());
    await Promise.all([store.close(), second.store.close()]);
  });

  it("leaves a row that is gone as it is where its news are none any more", async () => {
    const { sharing, store: first } = await openOnBlue();
    const answers: (() => void)[] = [];
    const { store, platform } = openTab(sharing, (step) =>
      step === "answer" ? new Promise((resolve) => answers.push(resolve)) : undefined,
    );
    await eventually(() => expect(answers).toHaveLength(1));
    store.dispatch(news.accepted(store.read(), "green"));
    sharing.row = undefined;
    platform.pace = () => undefined;
    answers[0]?.();
    await eventually(() => expect(store.read()).toMatchObject({ active: "blue", version: 1 }));
    await store.withLock("x", 0, async () => undefined);
    expect(sharing.row).toBeUndefined();
    await Promise.all([store.close(), first.close()]);
  });

  it("is not made to forget by an empty row", async () => {
    const { store, page, sharing, events } = await openOnBlue();
    sharing.row = undefined;
    page.wake();
    await store.withLock("x", 0, async () => undefined);
    expect([store.read().active, sharing.row, events]).toEqual(["blue", undefined, []]);
    await store.close();
  });
});
