import type { StrategyState } from "../strategy/strategy-state.ts";
import { type OpenDatabase, openDatabase } from "./open-database.ts";
import type { RowChange, StateRow } from "./state-row.ts";
import { readStoredState } from "./stored-state.ts";

const databaseName = "e6data-web";
/** A later form of the rows takes the next number: a page with an older one then gets a `VersionError` and keeps to itself. */
const databaseVersion = 1;
const rowsName = "strategy";

/** A row of IndexedDB. Its transactions are the compare-and-set: the browser runs those that write one after the other. */
export class DatabaseRow implements StateRow {
  readonly #openDatabase: OpenDatabase;
  readonly #key: string;
  #opening: Promise<IDBDatabase> | undefined;

  constructor(openDatabase: OpenDatabase, key: string) {
    this.#openDatabase = openDatabase;
    this.#key = key;
  }

  async transact(change?: RowChange): Promise<StrategyState | undefined> {
    for (;;) {
      const reused = this.#opening;
      const opening = reused ?? this.#open();
      try {
        return await runTransaction(await opening, this.#key, change);
      } catch (error) {
        // A connection may have died since it was last used: a new one tells. One that was given up meanwhile is done with.
        const mayHaveDied = opening === reused && opening === this.#opening;
        this.#drop(opening);
        if (!mayHaveDied) throw error;
      }
    }
  }

  close(): void {
    if (this.#opening !== undefined) this.#drop(this.#opening);
  }

  #open(): Promise<IDBDatabase> {
    const opening = openDatabase(this.#openDatabase, databaseName, databaseVersion, rowsName).then((database) => {
      // Another page wants to delete or to renew the database, and waits for this one.
      database.onversionchange = () => this.#drop(opening);
      return database;
    });
    this.#opening = opening;
    return opening;
  }

  /** The running transaction of a connection that is closed ends by itself; one that opens late is closed as it comes. */
  #drop(opening: Promise<IDBDatabase>): void {
    if (this.#opening === opening) this.#opening = undefined;
    opening.then(
      (database) => database.close(),
      () => undefined,
    );
  }
}

function runTransaction(database: IDBDatabase, key: string, change?: RowChange): Promise<StrategyState | undefined> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(rowsName, change ? "readwrite" : "readonly", { durability: "relaxed" });
    const rows = transaction.objectStore(rowsName);
    const reading = rows.get(key);
    let row: StrategyState | undefined;
    reading.onsuccess = () => {
      const before = readStoredState(reading.result);
      row = change ? change(before) : before;
      if (row !== before) rows.put(row, key);
      // Nothing else comes: the browser need not wait to find that out, nor who only reads for its end.
      transaction.commit();
      if (change === undefined) resolve(row);
    };
    transaction.oncomplete = () => resolve(row);
    // Without an error of its own where the browser took the database away.
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
}
