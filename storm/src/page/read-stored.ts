/** Everything that the page's origin has stored in the browser, as text. */
export async function readStored(): Promise<string> {
  const stored: unknown[] = [{ ...localStorage }, { ...sessionStorage }, document.cookie, await caches.keys()];
  for (const { name = "" } of await indexedDB.databases()) stored.push(name, await readDatabase(name));
  return JSON.stringify(stored);
}

async function readDatabase(name: string): Promise<unknown[]> {
  const database = await answerOf(indexedDB.open(name));
  try {
    const stores = [...database.objectStoreNames];
    const read = async (store: string) => {
      const rows = database.transaction(store).objectStore(store);
      return [store, await answerOf(rows.getAllKeys()), await answerOf(rows.getAll())];
    };
    return await Promise.all(stores.map(read));
  } finally {
    database.close();
  }
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
