import { type OpenDatabase, openDatabase } from "../store/open-database.ts";
import { type AuditEntry, readTrail } from "./audit-entry.ts";

/** A database of its own: pages with an older form of the library share their state on beside it, and never see it. */
const databaseName = "e6data-web audit";
const databaseVersion = 1;
const trailsName = "switches";

/** Makes the next trail. Pure: a transaction that is repeated calls it again. */
export type TrailChange = (trail: readonly AuditEntry[]) => readonly AuditEntry[];

/**
 * Applies `change` to the trail of a cluster in one atomic step, and resolves to the trail as it is then. Switches are rare: the
 * database is closed again each time. Rejects where the platform fails; it may also never settle.
 */
export async function changeTrail(
  open: OpenDatabase,
  key: string,
  change: TrailChange,
): Promise<readonly AuditEntry[]> {
  const database = await openDatabase(open, databaseName, databaseVersion, trailsName);
  try {
    return await runTransaction(database, key, change);
  } finally {
    database.close();
  }
}

function runTransaction(database: IDBDatabase, key: string, change: TrailChange): Promise<readonly AuditEntry[]> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(trailsName, "readwrite");
    const trails = transaction.objectStore(trailsName);
    const reading = trails.get(key);
    let trail: readonly AuditEntry[] = [];
    reading.onsuccess = () => {
      const before = readTrail(reading.result);
      trail = change(before);
      if (trail !== before) trails.put(trail, key);
    };
    transaction.oncomplete = () => resolve(trail);
    // Without an error of its own where the browser took the database away.
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
}
