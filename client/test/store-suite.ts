import { afterEach, describe, expect, it, vi } from "vitest";
import type { StrategyState } from "../src/strategy/strategy-state.ts";
import type { StrategyStore } from "../src/strategy/strategy-store.ts";
import { news, other } from "./view-news.ts";

/** Those who share one state: each store that is opened is one more of them. */
export interface StoreGroup {
  open(): StrategyStore;
  /** Lets go of everything that the stores themselves do not. */
  end?(): void | Promise<void>;
}

/** Waits until `check` no longer throws. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 5_000, interval: 1 });
}

/** What every store does, however many share it. */
export function describeStore(name: string, createGroup: () => StoreGroup): void {
  const open = opener(createGroup);

  describe(name, () => {
    it("knows nothing at first", () => {
      const { active, pending, cooldown, version } = open().read();
      expect([active, pending, cooldown, version]).toEqual([undefined, undefined, undefined, 0]);
    });

    it("shows a change at once, and answers it", () => {
      const store = open();
      expect(store.dispatch(news.accepted(store.read(), "green")).active).toBe("green");
      expect(store.read().active).toBe("green");
      store.dispatch(news.announced(store.read(), "blue"));
      expect(store.read().pending?.stack).toBe("blue");
    });

    it("answers the same object until something changes", () => {
      const store = open();
      const view = store.dispatch(news.accepted(store.read(), "blue"));
      expect(store.read()).toBe(view);
      expect(store.dispatch(news.announced(view, "blue"))).toBe(view);
      expect(store.read()).toBe(view);
    });

    it("ignores news of another epoch", () => {
      const store = open();
      const before = store.read();
      store.dispatch(news.accepted(before, "blue"));
      store.dispatch(news.accepted(before, "green"));
      expect(store.read().active).toBe("blue");
    });

    it("counts what is committed", async () => {
      const store = open();
      store.dispatch(news.accepted(store.read(), "blue"));
      store.dispatch(news.announced(store.read(), "green"));
      await eventually(() => expect(store.read().version).toBe(2));
    });

    it("tells listeners of each change, with what was before, until they leave", () => {
      const store = open();
      const told: (readonly [StrategyState, StrategyState])[] = [];
      const leave = store.subscribe((state, before) => told.push([state, before]));
      const first = store.read();
      const second = store.dispatch(news.accepted(first, "blue"));
      const third = store.dispatch(news.announced(second, "green"));
      leave();
      store.dispatch(news.announced(third, "blue"));
      expect(told).toEqual([
        [second, first],
        [third, second],
      ]);
    });

    it("tells nobody of what is no change, or a change of times alone", () => {
      const store = open();
      const view = store.dispatch(news.accepted(store.read(), "blue"));
      let told = 0;
      store.subscribe(() => told++);
      store.dispatch(news.announced(view, "blue"));
      store.dispatch(news.worked(view, "blue", 100_000));
      expect([told, store.read().checkedAt]).toEqual([0, 100_000]);
    });

    it("tells the others whatever one listener throws", () => {
      const store = open();
      const reported = vi.fn();
      vi.stubGlobal("reportError", reported);
      const told: unknown[] = [];
      store.subscribe(() => {
        throw new Error("broken");
      });
      store.subscribe(({ active }) => told.push(active));
      store.dispatch(news.accepted(store.read(), "blue"));
      store.dispatch(news.accepted(store.read(), "green"));
      vi.unstubAllGlobals();
      expect([told, reported.mock.calls.length]).toEqual([["blue", "green"], 2]);
    });

    it("lets a listener change the state", () => {
      const store = open();
      store.subscribe((view) => {
        if (view.pending !== undefined) store.dispatch(news.switched(view));
      });
      store.dispatch(news.accepted(store.read(), "blue"));
      store.dispatch(news.announced(store.read(), "green"));
      expect(store.read()).toMatchObject({ active: "green", pending: undefined });
    });

    it("stays readable when it is closed, also twice, and tells nobody any more", async () => {
      const store = open();
      let told = 0;
      store.subscribe(() => told++);
      store.dispatch(news.accepted(store.read(), "blue"));
      await store.close();
      await store.close();
      expect(store.read().active).toBe("blue");
      expect(store.dispatch(news.accepted(store.read(), "green")).active).toBe("green");
      expect(told).toBe(1);
    });
  });
}

/** What stores that share one state do. */
export function describeSharing(name: string, createGroup: () => StoreGroup): void {
  const open = opener(createGroup);
  const openTwo = async () => {
    const stores = [open(), open()] as const;
    await Promise.all(stores.map(({ ready }) => ready));
    return stores;
  };

  describe(name, () => {
    it("tells a change of one to all", async () => {
      const [one, two] = await openTwo();
      const told: unknown[] = [];
      two.subscribe(({ active }) => told.push(active));
      one.dispatch(news.accepted(one.read(), "green"));
      await eventually(() => expect(two.read().active).toBe("green"));
      await eventually(() => expect(one.read()).toEqual(two.read()));
      expect(told).toEqual(["green"]);
    });

    it("gives a new one what is known with its first read, and leaves that as it is", async () => {
      const one = open();
      one.dispatch(news.accepted(one.read(), "green"));
      await eventually(() => expect(one.read().version).toBe(1));
      const told: unknown[] = [];
      one.subscribe((view) => told.push(view));
      const two = open();
      await two.ready;
      expect(two.read()).toEqual(one.read());
      expect(told).toEqual([]);
    });

    it("ignores what a new one found out before it knew what others know", async () => {
      const one = open();
      one.dispatch(news.accepted(one.read(), "green"));
      await eventually(() => expect(one.read().version).toBe(1));
      const two = open();
      expect(two.dispatch(news.accepted(two.read(), "blue")).active).toBe("blue");
      await eventually(() => expect(two.read()).toEqual(one.read()));
      expect(one.read()).toMatchObject({ active: "green", version: 1 });
    });

    it("lets the first of two win, and takes the other's back", async () => {
      const [one, two] = await openTwo();
      one.dispatch(news.accepted(one.read(), "blue"));
      await eventually(() => expect(two.read()).toEqual(one.read()));
      one.dispatch(news.accepted(one.read(), "green"));
      two.dispatch(news.announced(two.read(), "green"));
      expect(two.read().pending?.stack).toBe("green");
      await eventually(() => expect(two.read()).toEqual(one.read()));
      expect(one.read()).toMatchObject({ active: "green", version: 2, pending: undefined });
    });

    it("shows events that are still on their way under the version that is committed", async () => {
      const [one] = await openTwo();
      one.dispatch(news.accepted(one.read(), "blue"));
      expect(one.read()).toMatchObject({ active: "blue", version: 0 });
      await eventually(() => expect(one.read()).toMatchObject({ active: "blue", version: 1 }));
    });

    it("carries what was dispatched before it is closed to the others", async () => {
      const [one, two] = await openTwo();
      one.dispatch(news.accepted(one.read(), "blue"));
      one.dispatch(news.announced(one.read(), "green"));
      await one.close();
      await eventually(() => expect(two.read()).toMatchObject({ pending: { stack: "green" }, version: 2 }));
    });

    it("hears nothing once it is closed", async () => {
      const [one, two] = await openTwo();
      await two.close();
      const before = two.read();
      one.dispatch(news.accepted(one.read(), "blue"));
      await eventually(() => expect(one.read().version).toBe(1));
      const three = open();
      await eventually(() => expect(three.read().version).toBe(1));
      expect(two.read()).toBe(before);
    });

    it("follows a hundred changes of several in turn", async () => {
      const stores = [...(await openTwo()), open()] as const;
      stores[0].dispatch(news.accepted(stores[0].read(), "blue"));
      for (let turn = 0; turn < 100; turn++) {
        const store = stores[turn % 3] ?? stores[0];
        await eventually(() => expect(store.read().version).toBe(turn + 1));
        store.dispatch(news.accepted(store.read(), other(store.read().active)));
      }
      await eventually(() => expect(new Set(stores.map((store) => store.read().epoch)).size).toBe(1));
      expect(stores[0].read()).toMatchObject({ active: "blue", version: 101 });
    });

    it("runs one at a time what has the same name, with what the one before found out", async () => {
      const [one, two] = await openTwo();
      const found: unknown[] = [];
      const detect = (store: StrategyStore) => async () => {
        found.push(store.read().active);
        store.dispatch(news.accepted(store.read(), "green"));
        await eventually(() => expect(store.read().version).toBe(1));
      };
      await Promise.all([one, two].map((store) => store.withLock?.("detect", 2_000, detect(store))));
      expect(found).toEqual([undefined, "green"]);
    });

    it("hands on what the work under a lock answers or throws, and gives the lock back", async () => {
      const [one, two] = await openTwo();
      await expect(one.withLock?.("detect", 2_000, () => Promise.reject(new Error("refused")))).rejects.toThrow(
        "refused",
      );
      expect(await two.withLock?.("detect", 2_000, async () => 5)).toBe(5);
    });
  });
}

/** Opens stores of a group that is new for each test, and closes them after it. */
function opener(createGroup: () => StoreGroup): () => StrategyStore {
  let group: StoreGroup | undefined;
  const stores: StrategyStore[] = [];
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await group?.end?.();
    group = undefined;
  });
  return () => {
    group ??= createGroup();
    const store = group.open();
    stores.push(store);
    return store;
  };
}
