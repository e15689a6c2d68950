import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  BrowserGroup,
  createPage,
  fullTransaction,
  type PlatformChange,
  settled,
  withDatabases,
} from "../../test/browser-group.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { eventually } from "../../test/store-suite.ts";
import { news } from "../../test/view-news.ts";
import type { Runtime } from "../runtime.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import { type PlatformScope, platformOf } from "./platform.ts";

let group = new BrowserGroup();
const opened: StrategyStore[] = [];

beforeEach(() => {
  group = new BrowserGroup();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  await group.end();
});

function open(change?: PlatformChange, runtime?: Runtime) {
  const tab = group.openWith(change, globalThis, runtime);
  opened.push(tab.store);
  return tab;
}

/** A tab whose row says that blue is active. */
async function openOnBlue(change?: PlatformChange) {
  const tab = open(change);
  tab.store.dispatch(news.accepted(tab.store.read(), "blue"));
  await eventually(() => expect(tab.store.read().version).toBe(1));
  return tab;
}

const degraded = (part: string, reason: string) => ({ type: "store-degraded", part, reason });

function fail(name: string): never {
  throw new DOMException("told to fail", name);
}

describe("createBrowserStore(), where IndexedDB fails", () => {
  it.each<[string, PlatformChange, string]>([
    ["is missing", () => ({ openDatabase: platformOf({} as PlatformScope).openDatabase }), "NotSupportedError"],
    ["throws as it is opened", () => ({ openDatabase: () => fail("SecurityError") }), "SecurityError"],
    [
      "refuses transactions",
      withDatabases((database) => {
        database.transaction = () => fail("UnknownError");
      }),
      "UnknownError",
    ],
    [
      "is full",
      withDatabases((database) => {
        database.transaction = fullTransaction(database);
      }),
      "QuotaExceededError",
    ],
  ])("keeps to itself when it %s, and says so once", async (_what, change, reason) => {
    const { store, events } = open(change);
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(events).toEqual([degraded("storage", reason)]));
    store.dispatch(news.announced(store.read(), "blue"));
    expect(store.read()).toMatchObject({ active: "green", pending: { stack: "blue" } });
    expect(events).toHaveLength(1);
  });

  it("keeps to itself when a later version of the library has changed the database", async () => {
    const newer = await settled(indexedDB.open(group.database, 2));
    const { events } = open();
    await eventually(() => expect(events).toEqual([degraded("storage", "VersionError")]));
    newer.close();
  });

  it("keeps to itself when it never opens, and makes nobody wait for longer than a moment", async () => {
    const runtime = createManualRuntime();
    const { store, events } = open(() => ({ openDatabase: () => ({}) as IDBOpenDBRequest }), runtime);
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(runtime.sleeping).toEqual([100, 2_000]));
    runtime.advance(100);
    await store.ready;
    expect([store.read().active, events]).toEqual(["green", []]);
    runtime.advance(1_900);
    await eventually(() => expect(events).toEqual([degraded("storage", "TimeoutError")]));
    expect(store.read().active).toBe("green");
  });

  it("opens the database anew when the page comes back after it never opened", async () => {
    const { page, change } = createPage();
    const runtime = createManualRuntime();
    let isHanging = true;
    const hanging: PlatformChange = (platform) => ({
      ...change(platform),
      openDatabase: (...rest) => (isHanging ? ({} as IDBOpenDBRequest) : platform.openDatabase(...rest)),
    });
    const { store, events } = open(hanging, runtime);
    await eventually(() => expect(runtime.sleeping).toEqual([100, 2_000]));
    runtime.advance(2_000);
    await eventually(() => expect(events).toEqual([degraded("storage", "TimeoutError")]));
    isHanging = false;
    page.comeBack();
    await eventually(() => expect(events.at(-1)).toEqual({ type: "store-restored" }));
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(store.read()).toMatchObject({ active: "green", version: 1 }));
  });

  it("closes a database that opens after nobody waits for it any more", async () => {
    const opening = Promise.withResolvers<IDBOpenDBRequest>();
    const runtime = createManualRuntime();
    const tardy: PlatformChange = ({ openDatabase }) => ({
      openDatabase: (name, version) => {
        const late = {} as IDBOpenDBRequest;
        void opening.promise.then(() => {
          const request = openDatabase(name, version);
          request.onupgradeneeded = () => request.result.createObjectStore("strategy");
          request.onsuccess = () => {
            Object.defineProperty(late, "result", { value: request.result });
            late.onsuccess?.(new Event("success"));
          };
        });
        return late;
      },
    });
    const { store } = open(tardy, runtime);
    await eventually(() => expect(runtime.sleeping).toEqual([100, 2_000]));
    const closed = store.close();
    runtime.advance(2_000);
    await closed;
    opening.resolve({} as IDBOpenDBRequest);
    await settled(indexedDB.open(group.database)).then((database) => database.close());
    await group.clearSiteData();
  });

  it("opens no database for a transaction that fails after the store was closed", async () => {
    const runtime = createManualRuntime();
    const databases: IDBDatabase[] = [];
    const { store } = open(
      withDatabases((database) => databases.push(database)),
      runtime,
    );
    await store.ready;
    // A transaction that never ends.
    const transaction = { objectStore: () => ({ get: () => ({}) }), onabort: () => expect.fail("not begun") };
    for (const database of databases) database.transaction = () => transaction as unknown as IDBTransaction;
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(runtime.sleeping).toEqual([2_000]));
    runtime.advance(2_000);
    await store.close();
    transaction.onabort();
    await new Promise((resolve) => setTimeout(resolve));
    expect(databases).toHaveLength(1);
  });

  it("opens the database anew when the browser took it away, and nobody notices", async () => {
    const databases: IDBDatabase[] = [];
    const { store, events } = await openOnBlue(withDatabases((database) => databases.push(database)));
    databases[0]?.close();
    databases[0]?.dispatchEvent(new Event("close"));
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(store.read()).toMatchObject({ active: "green", version: 2 }));
    expect([databases.length, events]).toEqual([2, []]);
  });

  it("only reads, beside others who do, where nothing has changed here", async () => {
    const modes: unknown[] = [];
    const { store } = open(
      withDatabases((database) => {
        const transaction = database.transaction.bind(database);
        database.transaction = (...rest: Parameters<typeof transaction>) => {
          modes.push(rest[1]);
          return transaction(...rest);
        };
      }),
    );
    await store.ready;
    expect(modes).toEqual(["readonly"]);
  });

  it("opens the database anew when it finds it closed, without an event", async () => {
    const databases: IDBDatabase[] = [];
    const { store, events } = await openOnBlue(withDatabases((database) => databases.push(database)));
    databases[0]?.close();
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(store.read()).toMatchObject({ active: "green", version: 2 }));
    expect([databases.length, events]).toEqual([2, []]);
  });

  it("lets the user clear site data at any time, and begins anew from what it knows", async () => {
    const { store, events } = await openOnBlue();
    const { lineage } = store.read();
    const second = open();
    await second.store.ready;
    await group.clearSiteData();
    expect(store.read().active).toBe("blue");
    store.dispatch(news.announced(store.read(), "green"));
    await eventually(() => expect(second.store.read().pending?.stack).toBe("green"));
    expect(store.read()).toMatchObject({ active: "blue", version: 1 });
    expect(store.read().lineage).not.toBe(lineage);
    expect(second.store.read()).toEqual(store.read());
    expect([events, second.events]).toEqual([[], []]);
  });

  it("makes way for a later version of the library at once", async () => {
    const { page, change } = createPage();
    const { store, events } = await openOnBlue(change);
    const newer = await settled(indexedDB.open(group.database, 2));
    expect(events).toEqual([]);
    page.comeBack();
    await eventually(() => expect(events).toEqual([degraded("storage", "VersionError")]));
    expect(store.read().active).toBe("blue");
    newer.close();
  });

  it.each<[string, unknown]>([
    ["a text", "blue"],
    ["nothing", null],
    ["another form", { schema: 9, active: "blue" }],
    ["a lineage that is no text", { lineage: 7, version: 3, epoch: "e", active: "blue", changedAt: 0, checkedAt: 0 }],
    ["a stack that is none", { lineage: "l", version: 3, epoch: "e", active: "red", changedAt: 0, checkedAt: 0 }],
    [
      "a version that is no number",
      { lineage: "l", version: "3", epoch: "e", active: "blue", changedAt: 0, checkedAt: 0 },
    ],
  ])("takes a row that holds %s for none", async (_what, row) => {
    const { store, events } = open();
    await store.ready;
    const database = await settled(indexedDB.open(group.database));
    await settled(database.transaction("strategy", "readwrite").objectStore("strategy").put(row, group.cluster));
    database.close();
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(store.read()).toMatchObject({ active: "green", version: 1 }));
    expect(events).toEqual([]);
  });

  it("leaves out of a row what it does not know", async () => {
    await open().store.ready;
    const state = { lineage: "l", version: 3, epoch: "e", active: "blue", changedAt: 1, checkedAt: 2 };
    const pending = { id: "p", stack: "green", by: "header", since: 1, heardAt: 1 };
    const database = await settled(indexedDB.open(group.database));
    const row = { ...state, pending: { ...pending, more: 1 }, cooldown: "soon", token: "s3cr3t" };
    await settled(database.transaction("strategy", "readwrite").objectStore("strategy").put(row, group.cluster));
    database.close();
    const { store } = open();
    await store.ready;
    expect(store.read()).toEqual({ ...state, pending, cooldown: undefined });
  });
});

describe("createBrowserStore(), where BroadcastChannel fails", () => {
  it.each<[string, PlatformChange, string]>([
    ["is missing", () => ({ createChannel: platformOf({} as PlatformScope).createChannel }), "NotSupportedError"],
    ["throws", () => ({ createChannel: () => fail("SecurityError") }), "SecurityError"],
  ])("keeps to itself when it %s", async (_what, change, reason) => {
    const { store, events } = open(change);
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(events).toEqual([degraded("bell", reason)]));
    expect(store.read().active).toBe("green");
  });

  it("closes its channel with the store, and while the page is put away", async () => {
    const { page, change } = createPage();
    const channels: BroadcastChannel[] = [];
    const { store } = await openOnBlue((platform) => ({
      ...change(platform),
      createChannel: (name) => {
        const channel = platform.createChannel(name);
        channels.push(channel);
        return channel;
      },
    }));
    const isClosed = (channel: BroadcastChannel) => {
      try {
        channel.postMessage("");
      } catch {
        return true;
      }
      return false;
    };
    page.leave();
    expect(channels.map(isClosed)).toEqual([true]);
    page.comeBack();
    await eventually(() => expect(channels.map(isClosed)).toEqual([true, false]));
    await store.close();
    expect(channels.map(isClosed)).toEqual([true, true]);
  });

  it("keeps to itself when it can no longer ring, and shares again when the page comes back", async () => {
    const { page, change } = createPage();
    let channel: BroadcastChannel | undefined;
    const { store, events } = await openOnBlue((platform) => ({
      ...change(platform),
      createChannel: (name) => {
        channel = platform.createChannel(name);
        return channel;
      },
    }));
    channel?.close();
    store.dispatch(news.accepted(store.read(), "green"));
    await eventually(() => expect(events).toEqual([degraded("bell", "InvalidStateError")]));
    expect(store.read().active).toBe("green");
    page.comeBack();
    await eventually(() => expect(events.at(-1)).toEqual({ type: "store-restored" }));
    expect(store.read()).toMatchObject({ active: "green", version: 2 });
  });

  it.each([
    ["a text", "blue"],
    ["nothing", null],
    ["a list", [1, 2]],
    ["another form", { version: "7", lineage: 7 }],
  ])("ignores %s that somebody posts", async (_what, message) => {
    let transactions = 0;
    const { store, events } = await openOnBlue(
      withDatabases((database) => {
        const transaction = database.transaction.bind(database);
        database.transaction = (...rest: Parameters<typeof transaction>) => {
          transactions++;
          return transaction(...rest);
        };
      }),
    );
    const before = transactions;
    const stranger = new BroadcastChannel(`e6data-web ${group.cluster}`);
    stranger.postMessage(message);
    for (const version of [0, 1]) stranger.postMessage({ lineage: store.read().lineage, version });
    stranger.postMessage({ lineage: "theirs", version: 0 });
    await eventually(() => expect(transactions).toBe(before + 1));
    expect([store.read().active, events]).toEqual(["blue", []]);
    stranger.close();
  });
});

describe("createBrowserStore(), where Web Locks fail", () => {
  it.each<[string, PlatformChange]>([
    ["are missing", () => ({ requestLock: platformOf({} as PlatformScope).requestLock })],
    ["reject", () => ({ requestLock: () => Promise.reject(new DOMException("told to fail", "NotSupportedError")) })],
  ])("works without them where they %s, and shares all the same", async (_what, change) => {
    const { store, events } = await openOnBlue(change);
    expect(await store.withLock?.("detect", 60_000, async () => store.read().active)).toBe("blue");
    expect(events).toEqual([degraded("locks", "NotSupportedError")]);
    const second = open();
    await second.store.ready;
    expect(second.store.read()).toEqual(store.read());
  });

  it("goes on without a lock whose holder is frozen, and never takes it away from them", async () => {
    const { store } = await openOnBlue();
    const held = Promise.withResolvers<void>();
    const thaw = Promise.withResolvers<string>();
    const frozen = navigator.locks.request(`e6data-web ${group.cluster} detect`, () => {
      held.resolve();
      return thaw.promise;
    });
    await held.promise;
    expect(await store.withLock?.("detect", 5, async () => "done")).toBe("done");
    thaw.resolve("still held");
    expect(await frozen).toBe("still held");
    expect((await navigator.locks.query()).pending).toEqual([]);
  });

  it("holds a lock while its work runs, and not after it", async () => {
    const { store } = await openOnBlue();
    const namesHeld = async () => (await navigator.locks.query()).held?.map(({ name }) => name);
    const during = await store.withLock?.("detect", 5_000, namesHeld);
    expect(during).toContain(`e6data-web ${group.cluster} detect`);
    await eventually(async () => expect(await namesHeld()).not.toContain(`e6data-web ${group.cluster} detect`));
  });
});
