import { describe, expect, it } from "vitest";
import { FakeSharing, type Step } from "../../test/fake-sharing.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { eventually } from "../../test/store-suite.ts";
import { news } from "../../test/view-news.ts";
import { platformRuntime } from "../runtime.ts";

const never = new Promise<never>(() => undefined);

/** A tab whose platform does what `pace` says, which may be changed. */
function openTab(sharing = new FakeSharing(), pace: (step: Step) => void | Promise<void> = () => undefined) {
  const platform = { pace };
  const runtime = Object.assign(createManualRuntime(), { newId: platformRuntime.newId });
  const { store, events, page } = sharing.open(runtime, (step) => platform.pace(step));
  return { sharing, platform, runtime, store, events, page };
}

/** A tab that shares a row which says that blue is active. */
async function openOnBlue(pace?: (step: Step) => void | Promise<void>) {
  const tab = openTab(new FakeSharing(), pace);
  tab.store.dispatch(news.accepted(tab.store.read(), "blue"));
  await eventually(() => expect(tab.store.read().version).toBe(1));
  return tab;
}

function broken(name: string, ...steps: readonly Step[]) {
  return (step: Step) => (steps.includes(step) ? Promise.reject(new DOMException("told to fail", name)) : undefined);
}

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
    expect(events).toEqual([{ type: "store-degraded", part: "storage", reason: "QuotaExceededError" }]);
    await store.close();
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

  it("lives alone in a lineage of its own", async () => {
    const { store, platform, events } = await openOnBlue();
    const { lineage } = store.read();
    platform.pace = broken("UnknownError", "write");
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(events).toHaveLength(1));
    expect(store.read()).toMatchObject({ active: "green", version: 0 });
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

  it("is not made to forget by an empty row", async () => {
    const { store, page, sharing, events } = await openOnBlue();
    sharing.row = undefined;
    page.wake();
    await store.withLock("x", 0, async () => undefined);
    expect([store.read().active, sharing.row, events]).toEqual(["blue", undefined, []]);
    await store.close();
  });
});

describe("SharedStore.ready", () => {
  it("settles with the first read", async () => {
    const { store } = openTab((await openOnBlue()).sharing);
    expect(store.read().active).toBeUndefined();
    await store.ready;
    expect(store.read().active).toBe("blue");
    await store.close();
  });

  it("settles after 100 ms, whatever the platform does", async () => {
    const { store, runtime } = openTab(new FakeSharing(), () => never);
    let isReady = false;
    void store.ready.then(() => {
      isReady = true;
    });
    await eventually(() => expect(runtime.sleeping).toContain(2_000));
    runtime.advance(99);
    await new Promise((resolve) => setTimeout(resolve));
    expect(isReady).toBe(false);
    runtime.advance(1);
    await store.ready;
    expect(runtime.sleeping).toEqual([2_000]);
    runtime.advance(2_000);
    await store.close();
  });
});

describe("SharedStore.withLock()", () => {
  it("goes on without a lock that another holds for too long, having read again", async () => {
    const tab = await openOnBlue();
    const { sharing, store, runtime, platform, events } = tab;
    platform.pace = (step) => (step === "lock" ? never : undefined);
    const found = store.withLock("detect", 3_000, async () => store.read().active);
    // The bell of this change is lost.
    sharing.row = { ...store.read(), epoch: "theirs", active: "green", version: 2 };
    expect(runtime.sleeping).toContain(3_000);
    runtime.advance(2_999);
    await new Promise((resolve) => setTimeout(resolve));
    expect(store.read().active).toBe("blue");
    runtime.advance(1);
    expect(await found).toBe("green");
    expect(events).toEqual([]);
    await store.close();
  });

  it("holds a lock for four seconds at most, whatever the work does", async () => {
    const { sharing, store, runtime } = await openOnBlue();
    const second = openTab(sharing);
    const frozen = store.withLock("detect", 2_000, () => never);
    await eventually(() => expect(runtime.sleeping).toEqual([4_000]));
    const found = second.store.withLock("detect", 60_000, async () => "second");
    await new Promise((resolve) => setTimeout(resolve));
    runtime.advance(4_000);
    expect(await found).toBe("second");
    void frozen;
    await Promise.all([store.close(), second.store.close()]);
  });

  it.each([
    [
      "are missing",
      () => {
        throw new DOMException("none", "NotSupportedError");
      },
    ],
    ["reject", () => Promise.reject(new DOMException("none", "NotSupportedError"))],
  ] as const)("works without locks where they %s, and says so once", async (_what, fail) => {
    const { store, events } = openTab(new FakeSharing(), (step) => (step === "lock" ? fail() : undefined));
    expect(await store.withLock("detect", 60_000, async () => 1)).toBe(1);
    expect(await store.withLock("detect", 60_000, async () => 2)).toBe(2);
    expect(events).toEqual([{ type: "store-degraded", part: "locks", reason: "NotSupportedError" }]);
    await store.close();
  });

  it("waits 100 ms at most for a row that does not answer", async () => {
    const { store, runtime, platform } = await openOnBlue();
    platform.pace = (step) => (step === "lock" ? undefined : never);
    const done = store.withLock("detect", 60_000, async () => "done");
    await eventually(() => expect(runtime.sleeping).toContain(100));
    runtime.advance(100);
    expect(await done).toBe("done");
    runtime.advance(2_000);
    await store.close();
  });

  it("leaves no timer behind", async () => {
    const { store, runtime } = await openOnBlue();
    await store.withLock("detect", 60_000, async () => undefined);
    await eventually(() => expect(runtime.sleeping).toEqual([]));
    await store.close();
  });
});

describe("SharedStore, with its page", () => {
  it("reads again when the page is seen again, not awaited by anyone", async () => {
    const { store, page, sharing } = await openOnBlue();
    sharing.row = { ...store.read(), epoch: "theirs", active: "green", version: 7 };
    page.wake();
    expect(store.read().active).toBe("blue");
    await eventually(() => expect(store.read()).toMatchObject({ active: "green", version: 7 }));
    await store.close();
  });

  it("holds nothing while the page is put away, and has all again when that comes back", async () => {
    const { store, page, sharing } = await openOnBlue();
    expect(sharing.inUse).toBe(2);
    page.leave();
    expect(sharing.inUse).toBe(0);
    page.wake();
    await eventually(() => expect(sharing.inUse).toBe(2));
    await store.close();
  });

  it("lets a transaction end that runs as the page is put away", async () => {
    const { store, page, sharing, events } = await openOnBlue();
    store.dispatch(news.accepted(store.read(), "green"));
    page.leave();
    await eventually(() => expect(sharing.row?.active).toBe("green"));
    await eventually(() => expect(store.read().version).toBe(2));
    expect(events).toEqual([]);
    await store.close();
  });

  it("holds nothing once it is closed, not even the page", async () => {
    const { store, page, sharing, runtime } = await openOnBlue();
    expect(page.isWatched).toBe(true);
    await store.close();
    page.wake();
    await new Promise((resolve) => setTimeout(resolve));
    expect([page.isWatched, sharing.inUse, runtime.sleeping]).toEqual([false, 0, []]);
  });

  it("is closed within two seconds also where the platform never answers", async () => {
    const { store, runtime, sharing } = openTab(new FakeSharing(), () => never);
    await eventually(() => expect(runtime.sleeping).toContain(2_000));
    const closed = store.close();
    runtime.advance(2_000);
    await closed;
    expect(sharing.inUse).toBe(0);
  });
});

describe("SharedStore's bell", () => {
  it("says which version is to be read, and rings for what is committed alone", async () => {
    const { store, sharing } = await openOnBlue();
    const { lineage } = store.read();
    store.dispatch(news.worked(store.read(), "blue", 500_000));
    await eventually(() => expect(sharing.row?.checkedAt).toBe(500_000));
    store.dispatch(news.announced(store.read(), "green"));
    await eventually(() => expect(store.read().version).toBe(2));
    expect(sharing.rung).toEqual([
      { lineage, version: 1 },
      { lineage, version: 2 },
    ]);
    await store.close();
  });

  it("is ignored where it names what is known already", async () => {
    const { store, sharing } = await openOnBlue();
    const second = openTab(sharing);
    await second.store.ready;
    const reads = sharing.history.length;
    second.store.dispatch(news.worked(second.store.read(), "blue", 500_000));
    await eventually(() => expect(sharing.row?.checkedAt).toBe(500_000));
    await new Promise((resolve) => setTimeout(resolve));
    expect(sharing.history.length).toBe(reads + 1);
    await Promise.all([store.close(), second.store.close()]);
  });

  it("carries events that came together in one transaction", async () => {
    const { store, sharing } = await openOnBlue();
    const before = sharing.history.length;
    for (const stack of ["green", "blue", "green"] as const) store.dispatch(news.accepted(store.read(), stack));
    await eventually(() => expect(store.read()).toMatchObject({ active: "green", version: 4 }));
    expect(sharing.history.length).toBe(before + 1);
    await store.close();
  });
});
