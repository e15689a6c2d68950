import { expect } from "vitest";
import { platformRuntime } from "../src/runtime.ts";
import { createBrowserStore } from "../src/store/browser-store.ts";
import { type Platform, platformOf } from "../src/store/platform.ts";
import type { StoreEvent } from "../src/store/store-event.ts";

/** Whatever a test wants otherwise than the platform has it. */
export type PlatformChange = (platform: Platform) => Partial<Platform>;

/** Those who share a database of the real platform that no other test uses. */
export class BrowserGroup {
  /** The name of the database. */
  readonly database = `test-${platformRuntime.newId()}`;
  /** What the stores are told to be the name of their cluster. */
  readonly cluster = `https://gateway.example.com ${this.database}`;

  /** The real platform of a scope, with a database of this group's own. */
  platform(change: PlatformChange = () => ({}), scope: typeof globalThis = globalThis): Platform {
    const platform = platformOf(scope);
    const own = {
      ...platform,
      openDatabase: (_name: string, version: number) => platform.openDatabase(this.database, version),
    };
    return { ...own, ...change(own) };
  }

  /** One more store, and what it tells of itself. */
  openWith(change?: PlatformChange, scope?: typeof globalThis, runtime = platformRuntime) {
    const events: StoreEvent[] = [];
    const platform = this.platform(change, scope);
    const store = createBrowserStore({
      cluster: this.cluster,
      platform,
      runtime,
      onEvent: (event) => events.push(event),
    });
    return { store, events };
  }

  open() {
    return this.openWith().store;
  }

  /** Deletes the database, as the user may at any time. Rejects where somebody does not let go of it. */
  async clearSiteData(): Promise<void> {
    const request = indexedDB.deleteDatabase(this.database);
    await new Promise((resolve, reject) => {
      request.onsuccess = resolve;
      // A connection that does not let go would block the deletion until it does.
      request.onblocked = () => reject(new Error("a connection is still open"));
      request.onerror = () => reject(request.error);
    });
  }

  /** All rows as they lie there. */
  async rows(): Promise<readonly unknown[]> {
    const database = await settled(indexedDB.open(this.database));
    const transaction = database.transaction("strategy");
    const rows = await settled(transaction.objectStore("strategy").getAll());
    // Until then the connection cannot close.
    await new Promise((resolve) => transaction.addEventListener("complete", resolve));
    database.close();
    return rows;
  }

  end(): Promise<void> {
    return this.clearSiteData();
  }
}

/** What a request resolves to. */
export function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** A platform that hands each database that it opens to `change`, before the store gets it. */
export function withDatabases(change: (database: IDBDatabase) => void): PlatformChange {
  return ({ openDatabase }) => ({
    openDatabase: (name, version) => {
      const request = openDatabase(name, version);
      request.addEventListener("success", () => change(request.result));
      return request;
    },
  });
}

/** A page whose turning away and coming back a test plays. */
export function createPage() {
  const page = { comeBack: () => expect.fail("nobody watches"), leave: () => expect.fail("nobody watches") };
  const change: PlatformChange = () => ({
    watchPage: (onReturn, onLeave) => {
      Object.assign(page, { comeBack: onReturn, leave: onLeave });
      return () => undefined;
    },
  });
  return { page, change };
}

/** A database in which nothing more fits: the browser says so as it commits. */
export function fullTransaction(database: IDBDatabase): IDBDatabase["transaction"] {
  const begin = database.transaction.bind(database);
  return (...rest) => {
    const transaction = begin(...rest);
    Object.defineProperty(transaction, "error", { value: new DOMException("told to fail", "QuotaExceededError") });
    if (rest[1] === "readwrite") queueMicrotask(() => transaction.abort());
    return transaction;
  };
}
