import { describe, expect, it } from "vitest";
import { FakeSharing } from "../../test/fake-sharing.ts";
import { never, openOnBlue, openTab } from "../../test/open-tab.ts";
import { eventually } from "../../test/store-suite.ts";
import { news } from "../../test/view-news.ts";

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
    const found: unknown[] = [];
    void store.withLock("detect", 3_000, async () => found.push(store.read().active));
    // The bell of this change is lost.
    sharing.row = { ...store.read(), epoch: "theirs", active: "green", version: 2 };
    expect(runtime.sleeping).toContain(3_000);
    runtime.advance(2_999);
    await new Promise((resolve) => setTimeout(resolve));
    expect(store.read().active).toBe("blue");
    runtime.advance(1);
    await eventually(() => expect(found).toEqual(["green"]));
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

  it("waits for a row again once that has answered", async () => {
    const { store, runtime, platform, sharing } = await openOnBlue();
    const answers: (() => void)[] = [];
    platform.pace = (step) => (step === "read" ? new Promise((resolve) => answers.push(resolve)) : undefined);
    const first = store.withLock("detect", 60_000, async () => "first");
    await eventually(() => expect(runtime.sleeping).toContain(100));
    runtime.advance(100);
    await first;
    platform.pace = () => undefined;
    answers[0]?.();
    await eventually(() => expect(runtime.sleeping).toEqual([]));
    sharing.row = { ...store.read(), epoch: "theirs", active: "green", version: 2 };
    expect(await store.withLock("detect", 60_000, async () => store.read().active)).toBe("green");
    await store.close();
  });

  it("waits for no lock any more once the store is closed", async () => {
    const { store, platform, runtime, events } = await openOnBlue();
    platform.pace = (step) => (step === "lock" ? never : undefined);
    const done = store.withLock("detect", 60_000, async () => "done");
    expect(runtime.sleeping).toEqual([60_000]);
    await store.close();
    expect(await done).toBe("done");
    expect([runtime.sleeping, events]).toEqual([[], []]);
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

  it("carries with the next transaction what is dispatched while one runs", async () => {
    const answers: (() => void)[] = [];
    const { store, sharing, platform } = await openOnBlue();
    platform.pace = (step) => (step === "answer" ? new Promise((resolve) => answers.push(resolve)) : undefined);
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(answers).toHaveLength(1));
    store.dispatch(news.announced(store.read(), "blue"));
    platform.pace = () => undefined;
    answers[0]?.();
    await eventually(() =>
      expect(sharing.row).toMatchObject({ active: "green", pending: { stack: "blue" }, version: 3 }),
    );
    await eventually(() => expect(store.read()).toEqual(sharing.row));
    await store.close();
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
