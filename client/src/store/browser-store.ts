import { platformRuntime, type Runtime } from "../runtime.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import { joinChannel } from "./channel-bell.ts";
import { DatabaseRow } from "./database-row.ts";
import { type Platform, platformOf } from "./platform.ts";
import { SharedStore } from "./shared-store.ts";
import type { StoreEventListener } from "./store-event.ts";

/** What a browser store is made of. */
export interface BrowserStoreOptions {
  /** The cluster: all who say the same share one state. Holds no user, no token, no session. */
  readonly cluster: string;
  /** Is told when sharing fails and when it works again. Default: nobody is told. */
  readonly onEvent?: StoreEventListener;
  /** Default: that of the page, frame or worker. */
  readonly platform?: Platform;
  /** Time and chance. Default: the platform's. */
  readonly runtime?: Runtime;
}

/**
 * A store that all tabs, frames and workers of an origin share: a row of IndexedDB per cluster, a BroadcastChannel that says which
 * version is to be read, and Web Locks that save work done twice.
 */
export function createBrowserStore({
  cluster,
  onEvent = () => undefined,
  platform = platformOf(globalThis),
  runtime = platformRuntime,
}: BrowserStoreOptions): StrategyStore {
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
