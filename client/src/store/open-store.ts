import type { Settings } from "../options.ts";
import type { Runtime } from "../runtime.ts";
import { unknownStrategy } from "../strategy/strategy-state.ts";
import { createMemoryStore, type StrategyStore } from "../strategy/strategy-store.ts";
import { createBrowserStore } from "./browser-store.ts";
import { clusterKey } from "./cluster-key.ts";
import { type PlatformScope, platformOf } from "./platform.ts";
import type { StoreEventListener } from "./store-event.ts";

/**
 * The store of a connection: the caller's own, or one for all who use the same gateway and cluster, where `scope` is a browser's.
 * A page without the means to share is told so by an event; elsewhere nobody expects them.
 */
export function openStore(
  { store, baseUrl, cluster }: Pick<Settings, "store" | "baseUrl" | "cluster">,
  runtime: Runtime,
  onEvent: StoreEventListener = () => undefined,
  scope: PlatformScope = globalThis,
): StrategyStore {
  if (typeof store === "object") return store;
  // Not looked at, only whether it is there: a look alone may throw.
  const isBrowser = "document" in scope || ("indexedDB" in scope && "BroadcastChannel" in scope);
  if (store === "memory" || !isBrowser) {
    return createMemoryStore(unknownStrategy(runtime.newId(), runtime.newId()));
  }
  return createBrowserStore({
    cluster: clusterKey(baseUrl, cluster),
    platform: platformOf(scope),
    runtime,
    onEvent,
  });
}
