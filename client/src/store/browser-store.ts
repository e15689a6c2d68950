import type { Runtime } from "../runtime.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import { joinChannel } from "./channel-bell.ts";
import { DatabaseRow } from "./database-row.ts";
import type { Platform } from "./platform.ts";
import { SharedStore } from "./shared-store.ts";
import type { StoreEventListener } from "./store-event.ts";

/** What a browser store is made of. */
export interface BrowserStoreOptions {
  /** The cluster: all who say the same share one state. Holds no user, no token, no session. */
  readonly cluster: string;
  readonly platform: Platform;
  readonly runtime: Runtime;
  readonly onEvent: StoreEventListener;
}

/**
 * A store that all tabs, frames and workers of an origin share: a row of IndexedDB per cluster, a BroadcastChannel that says which
 * version is to be read, and Web Locks that save work done twice.
 */
export function createBrowserStore({ cluster, platform, runtime, onEvent }: BrowserStoreOptions): StrategyStore {
  const name = `e6data-web ${cluster}`;
  return new SharedStore({
    row: new DatabaseRow(platform.openDatabase, cluster),
    joinBell: (hear) => joinChannel(platform.createChannel, name, hear),
    requestLock: (lock, signal, held) => platform.requestLock(`${name} ${lock}`, signal, held),
    watchPage: platform.watchPage,
    runtime,
    onEvent,
  });
}
