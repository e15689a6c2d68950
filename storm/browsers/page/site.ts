import type { PageApi } from "./page-api.ts";

const database = "e6data-web";

/** See {@link PageApi.clearSiteData}. */
export async function clearSiteData(): Promise<void> {
  // The answer's header tells the browser to; it has done so when the answer is there.
  await (await fetch("/clear-site-data")).text();
}

/** See {@link PageApi.locks}. */
export async function locks(): Promise<{ readonly held: number; readonly waiting: number }> {
  const { held = [], pending = [] } = await navigator.locks.query();
  return { held: held.length, waiting: pending.length };
}

/** See {@link PageApi.jamStorage}. */
export async function jamStorage(): Promise<void> {
  // Without a handler for "versionchange" it stays open whatever others want.
  await settled(indexedDB.open(database));
  await new Promise((resolve) => indexedDB.deleteDatabase(database).addEventListener("blocked", resolve));
}

/** See {@link PageApi.storedText}. */
export async function storedText(): Promise<string> {
  const opened = await settled(indexedDB.open(database));
  const texts = [...opened.objectStoreNames].map(async (name) => {
    const store = opened.transaction(name).objectStore(name);
    return JSON.stringify([name, await settled(store.getAllKeys()), await settled(store.getAll())]);
  });
  const text = (await Promise.all(texts)).join("\n");
  opened.close();
  return text;
}

const noted: string[] = [];

/** See {@link PageApi.overhear}. */
export function overhear({ url, cluster }: { readonly url: string; readonly cluster: string }): void {
  new BroadcastChannel(`e6data-web ${url} ${cluster}`).onmessage = ({ data }) => noted.push(JSON.stringify(data));
}

/** See {@link PageApi.overheard}. */
export function overheard(): readonly string[] {
  return noted;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
