import type { Strategy } from "../src/headers.ts";
import { platformRuntime } from "../src/runtime.ts";
import { createBrowserStore } from "../src/store/browser-store.ts";
import { platformOf } from "../src/store/platform.ts";
import type { StrategyStore } from "../src/strategy/strategy-store.ts";
import { news } from "./view-news.ts";

/** What the page tells this worker. */
type Order =
  | { readonly database: string; readonly cluster: string }
  | { readonly accepted: Strategy }
  | { readonly close: true };

let store: StrategyStore | undefined;

/** Opens the store that it is told of, tells of each change of its view, and does what it is told to. */
addEventListener("message", ({ data }: MessageEvent<Order>) => {
  if ("database" in data) store = open(data.database, data.cluster);
  if ("accepted" in data) store?.dispatch(news.accepted(store.read(), data.accepted));
  if ("close" in data) void close(store);
});

function open(database: string, cluster: string): StrategyStore {
  const platform = platformOf(globalThis);
  const own = {
    ...platform,
    openDatabase: (_name: string, version: number) => platform.openDatabase(database, version),
  };
  const opened = createBrowserStore({ cluster, platform: own, runtime: platformRuntime, onEvent: postMessage });
  opened.subscribe(({ active }) => postMessage({ active }));
  void opened.ready?.then(() => postMessage({ ready: opened.read().active }));
  return opened;
}

async function close(opened: StrategyStore | undefined): Promise<void> {
  await opened?.close();
  postMessage({ closed: true });
}
