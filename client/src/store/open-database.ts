/** What is needed of `indexedDB`. */
export type OpenDatabase = (name: string, version: number) => IDBOpenDBRequest;

/** Opens a database that holds one object store, and makes it where it is new. Rejects where the platform fails; it may also never settle. */
export async function openDatabase(
  open: OpenDatabase,
  name: string,
  version: number,
  storeName: string,
): Promise<IDBDatabase> {
  const request = open(name, version);
  return await new Promise((resolve, reject) => {
    request.onupgradeneeded = () => request.result.createObjectStore(storeName);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
