import duckdb from "@duckdb/node-bindings";
import { DuckDbConnection } from "./duckdb-connection.ts";
import { enterNamespace } from "./namespace.ts";
import { textRows } from "./text-rows.ts";

/** What tables take, the temporary ones that keep results included; what running statements take beside is not in it. */
const usedSql =
  "SELECT CAST(system.main.sum(memory_usage_bytes) AS VARCHAR) FROM system.main.duckdb_memory() " +
  "WHERE tag = 'IN_MEMORY_TABLE'";

const limitSql =
  "SELECT CAST(system.main.parse_formatted_bytes(system.main.current_setting('memory_limit')) AS VARCHAR)";

/** Measures how much of a database's memory is taken by results. It keeps a connection, which halves the cost. */
export class MemoryMeter {
  readonly #connection: DuckDbConnection;
  readonly #used: duckdb.PreparedStatement;
  readonly #limit: number;
  #data = 0;
  /** The connection does one thing at a time: each waits for the one before it. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(connection: DuckDbConnection, used: duckdb.PreparedStatement, limit: number) {
    this.#connection = connection;
    this.#used = used;
    this.#limit = limit;
  }

  /** A meter of a database. */
  static async open(database: duckdb.Database): Promise<MemoryMeter> {
    const connection = await DuckDbConnection.open(database);
    await enterNamespace(connection, {});
    const limit = firstNumber(await textRows(connection, await connection.query(limitSql)));
    return new MemoryMeter(connection, await connection.prepare(usedSql), limit);
  }

  /**
   * The share of the memory beside the data that results take, from 0 to 1. Where no result is kept, all that tables take
   * is data: no call can tell the two apart otherwise.
   */
  async load(isAnyResultKept: () => boolean): Promise<number> {
    return await this.#inTurn(async () => {
      const before = isAnyResultKept();
      const used = firstNumber(await textRows(this.#connection, await this.#connection.run(this.#used)));
      if (!(before || isAnyResultKept())) {
        this.#data = used;
      }
      const free = this.#limit - this.#data;
      return free > 0 ? Math.min(Math.max((used - this.#data) / free, 0), 1) : 1;
    });
  }

  /** Ends its connection. */
  async close(): Promise<void> {
    await this.#last;
    duckdb.destroy_prepare_sync(this.#used);
    this.#connection.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function firstNumber(rows: readonly (readonly string[])[]): number {
  return Number(rows[0]?.[0] ?? 0);
}
