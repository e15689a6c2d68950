import duckdb from "@duckdb/node-bindings";
import { SqlError } from "./engine.ts";
import { errorText } from "./error-text.ts";

/** What a connection answers once it was interrupted. */
export const cancelledText = "INTERRUPT Error: the statement was cancelled";

/**
 * One connection to a database, for one statement of a user. Every failure is a {@link SqlError} with DuckDB's text.
 */
export class DuckDbConnection {
  readonly #raw: duckdb.Connection;
  #interrupted = false;

  private constructor(raw: duckdb.Connection) {
    this.#raw = raw;
  }

  /** Connects to a database. */
  static async open(database: duckdb.Database): Promise<DuckDbConnection> {
    return new DuckDbConnection(await asSqlError(duckdb.connect(database)));
  }

  /** The statements of a text, parsed but not yet bound to tables. */
  async extract(sql: string): Promise<duckdb.ExtractedStatementsAndCount> {
    return await asSqlError(duckdb.extract_statements(this.#raw, sql));
  }

  /** Binds and plans one statement of {@link extract}. */
  async prepareExtracted(statements: duckdb.ExtractedStatements, index: number): Promise<duckdb.PreparedStatement> {
    this.#refuseInterrupted();
    return await asSqlError(duckdb.prepare_extracted_statement(this.#raw, statements, index));
  }

  /** Parses, binds and plans one statement. */
  async prepare(sql: string): Promise<duckdb.PreparedStatement> {
    this.#refuseInterrupted();
    return await asSqlError(duckdb.prepare(this.#raw, sql));
  }

  /** Runs a statement to its end: its result is in memory. */
  async run(prepared: duckdb.PreparedStatement): Promise<duckdb.Result> {
    return await this.#finish(duckdb.pending_prepared, prepared);
  }

  /** Starts a statement whose rows are fetched as they are wanted. It ends with the next statement of the connection. */
  async stream(prepared: duckdb.PreparedStatement): Promise<duckdb.Result> {
    return await this.#finish(duckdb.pending_prepared_streaming, prepared);
  }

  /** Prepares and runs one statement. */
  async query(sql: string): Promise<duckdb.Result> {
    const prepared = await this.prepare(sql);
    try {
      return await this.run(prepared);
    } finally {
      duckdb.destroy_prepare_sync(prepared);
    }
  }

  /** The next rows of a result; nothing at its end. */
  async fetch(result: duckdb.Result): Promise<duckdb.DataChunk | undefined> {
    this.#refuseInterrupted();
    const chunk = await asSqlError(duckdb.fetch_chunk(result));
    // An interrupted stream ends as if it were complete.
    this.#refuseInterrupted();
    return chunk !== null && duckdb.data_chunk_get_size(chunk) > 0 ? chunk : undefined;
  }

  /** The chunks of a result one by one. */
  async *chunks(result: duckdb.Result): AsyncGenerator<duckdb.DataChunk> {
    for (let chunk = await this.fetch(result); chunk !== undefined; chunk = await this.fetch(result)) {
      yield chunk;
    }
  }

  /** Appends chunks to a temporary table of the connection. They must not come from a stream of it, which this ends. */
  async append(
    chunks: AsyncIterable<duckdb.DataChunk> | Iterable<duckdb.DataChunk>,
    temporaryTable: string,
  ): Promise<void> {
    try {
      const appender = duckdb.appender_create_ext(this.#raw, "temp", "main", temporaryTable);
      for await (const chunk of chunks) {
        duckdb.append_data_chunk(appender, chunk);
      }
      duckdb.appender_close_sync(appender);
    } catch (cause) {
      throw sqlError(cause);
    }
  }

  /** The names of the tables that a statement reads, without catalog and schema; those behind views included. */
  tableNames(sql: string): readonly string[] {
    const names = duckdb.get_table_names(this.#raw, sql, false);
    const count = duckdb.get_list_size(names);
    return Array.from({ length: count }, (_, i) => duckdb.get_varchar(duckdb.get_list_child(names, i)));
  }

  /** Stops what runs at once; whatever comes later fails as cancelled. */
  interrupt(): void {
    this.#interrupted = true;
    duckdb.interrupt(this.#raw);
  }

  /** Runs a statement that gives something back, even after an interrupt. False when it could not be done. */
  async release(sql: string): Promise<boolean> {
    const interrupted = this.#interrupted;
    this.#interrupted = false;
    try {
      await this.query(sql);
      return true;
    } catch {
      return false;
    } finally {
      this.#interrupted ||= interrupted;
    }
  }

  /** Ends the connection. Nothing may be running on it. */
  close(): void {
    duckdb.disconnect_sync(this.#raw);
  }

  /**
   * Starting is synchronous, so that no interrupt falls between "not yet" and "no more": DuckDB forgets those from before.
   * A thread of Node's pool then works on the statement until it is done, whatever DuckDB's own threads are busy with.
   */
  async #finish(
    start: (prepared: duckdb.PreparedStatement) => duckdb.PendingResult,
    prepared: duckdb.PreparedStatement,
  ): Promise<duckdb.Result> {
    this.#refuseInterrupted();
    return await asSqlError(duckdb.execute_pending(startPending(start, prepared)));
  }

  #refuseInterrupted(): void {
    if (this.#interrupted) {
      throw new SqlError(cancelledText);
    }
  }
}

function startPending(
  start: (prepared: duckdb.PreparedStatement) => duckdb.PendingResult,
  prepared: duckdb.PreparedStatement,
): duckdb.PendingResult {
  try {
    return start(prepared);
  } catch (cause) {
    throw sqlError(cause);
  }
}

async function asSqlError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw sqlError(cause);
  }
}

function sqlError(cause: unknown): SqlError {
  if (cause instanceof SqlError) {
    return cause;
  }
  return new SqlError(errorText(cause instanceof Error ? cause.message : String(cause)), { cause });
}
