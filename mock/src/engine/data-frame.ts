import duckdb from "@duckdb/node-bindings";
import { admit } from "./admission.ts";
import { cancelledText, DuckDbConnection } from "./duckdb-connection.ts";
import {
  type BoundValue,
  type DataFrame,
  type FrameSource,
  type FrameStep,
  type Namespace,
  type Placeholder,
  SqlError,
  type Statement,
  type StatementProfile,
  type StatementStatus,
} from "./engine.ts";
import { stepSql } from "./frame-sql.ts";
import { enterNamespace, resolveNamespace } from "./namespace.ts";
import type { ParquetFolder } from "./parquet-folder.ts";
import { copyParquetRows } from "./parquet-rows.ts";
import { planText } from "./plan.ts";
import { prepareOn, type StatementHost } from "./statement.ts";
import { quoteName } from "./type-sql.ts";
import { assertWhereClause } from "./where-clause.ts";

/** What a data frame needs of its engine. */
export interface FrameHost extends StatementHost {
  readonly parquetFolder: ParquetFolder;
  /** What a database that reads a file may take, beside the engine's own. */
  readonly memoryLimit: string;
  /** Throws a {@link SqlError} for a text that is too long for a statement. */
  readonly refuseLong: (sql: string) => void;
}

/** The rows of a Parquet file, in the frame's own connection. */
const rowsTable = "e6_frame";

/** Each step is a query in a query: DuckDB's parser has its depth. */
const maxSteps = 100;

/** Creates a data frame on a connection of its own. */
export async function createDataFrame(host: FrameHost, source: FrameSource, namespace: Namespace): Promise<DataFrame> {
  const connection = await DuckDbConnection.open(host.database);
  try {
    await enterNamespace(connection, namespace);
    const rows = await sourceSql(host, connection, source, namespace);
    await assertQuery(connection, rows);
    return new DuckDbDataFrame(host, connection, rows, source.from === "parquet");
  } catch (cause) {
    connection.close();
    throw cause;
  }
}

async function sourceSql(
  host: FrameHost,
  connection: DuckDbConnection,
  source: FrameSource,
  namespace: Namespace,
): Promise<string> {
  if (source.from === "table") {
    const { catalog, schema } = resolveNamespace(namespace);
    return `SELECT * FROM ${[catalog, schema, source.table].map(quoteName).join(".")}`;
  }
  const file = await host.parquetFolder.find(source.path);
  // Reading takes a thread of Node's pool, as a statement that runs does.
  await host.slots.take(new AbortController().signal);
  try {
    await copyParquetRows(file, connection, rowsTable, host.memoryLimit);
  } finally {
    host.slots.release();
  }
  return `SELECT * FROM temp.main.${rowsTable}`;
}

async function assertQuery(connection: DuckDbConnection, sql: string): Promise<void> {
  const { prepared } = await admit(connection, sql);
  const placeholders = duckdb.nparams(prepared);
  duckdb.destroy_prepare_sync(prepared);
  if (placeholders > 0) {
    throw new SqlError("Invalid Input Error: a data frame has no placeholders: write the value");
  }
}

class DuckDbDataFrame implements DataFrame {
  readonly #host: FrameHost;
  readonly #connection: DuckDbConnection;
  readonly #holdsRows: boolean;
  #sql: string;
  #steps = 0;
  /** What it became when it was executed. */
  #statement: Statement | undefined;
  #cancelled = false;
  #last: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(host: FrameHost, connection: DuckDbConnection, sql: string, holdsRows: boolean) {
    this.#host = { ...host, onClosed: () => host.onClosed(this) };
    this.#connection = connection;
    this.#sql = sql;
    this.#holdsRows = holdsRows;
  }

  apply(step: FrameStep): Promise<void> {
    return this.#inTurn(async () => {
      this.#refuseExecuted();
      if (this.#steps >= maxSteps) {
        throw new SqlError(`Out of Range Error: a data frame has at most ${maxSteps} steps: create another`);
      }
      refuseEmpty(step);
      if (step.kind === "filter") {
        await assertWhereClause(this.#connection, step.where);
      }
      const sql = stepSql(this.#sql, step);
      this.#host.refuseLong(sql);
      await assertQuery(this.#connection, sql);
      this.#sql = sql;
      this.#steps++;
    });
  }

  placeholders(): readonly Placeholder[] {
    return [];
  }

  execute(values: readonly BoundValue[]): Promise<void> {
    return this.#inTurn(async () => {
      this.#refuseExecuted();
      this.#statement = await prepareOn(this.#host, this.#connection, this.#sql, this.#host.now());
      await this.#statement.execute(values);
    });
  }

  async metadata(): Promise<Uint8Array> {
    return await this.#executed().metadata();
  }

  async nextBatch(): Promise<Uint8Array> {
    return await this.#executed().nextBatch();
  }

  status(): StatementStatus {
    this.#refuseStopped();
    return this.#statement?.status() ?? { done: false, rowCount: 0n };
  }

  keepsResult(): boolean {
    return this.#holdsRows || (this.#statement?.keepsResult() ?? false);
  }

  async explain(): Promise<string> {
    return await (this.#statement?.explain() ?? this.#inTurn(() => this.#plan()));
  }

  async explainAnalyze(): Promise<StatementProfile> {
    return await this.#executed().explainAnalyze();
  }

  cancel(): void {
    this.#cancelled = true;
    if (this.#statement === undefined) {
      this.#connection.interrupt();
    } else {
      this.#statement.cancel();
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#giveBack();
    return this.#closed;
  }

  async #giveBack(): Promise<void> {
    this.cancel();
    await this.#last;
    if (this.#statement !== undefined) {
      await this.#statement.close();
      return;
    }
    this.#connection.close();
    this.#host.onClosed(this);
  }

  async #plan(): Promise<string> {
    const admitted = await admit(this.#connection, this.#sql);
    try {
      return await planText(this.#connection, admitted, []);
    } finally {
      duckdb.destroy_prepare_sync(admitted.prepared);
    }
  }

  #executed(): Statement {
    this.#refuseStopped();
    if (this.#statement === undefined) {
      throw new SqlError("Invalid Input Error: the data frame was not executed yet");
    }
    return this.#statement;
  }

  #refuseExecuted(): void {
    if (this.#statement !== undefined) {
      throw new SqlError("Invalid Input Error: the data frame was executed already: create another");
    }
  }

  #refuseStopped(): void {
    if (this.#closed !== undefined) {
      throw new SqlError("Invalid Input Error: the data frame is closed");
    }
    if (this.#cancelled) {
      throw new SqlError(cancelledText);
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseStopped();
    const turn = this.#last.then(() => {
      this.#refuseStopped();
      return work();
    });
    this.#last = turn.catch(() => undefined);
    return await turn;
  }
}

function refuseEmpty(step: FrameStep): void {
  const isEmpty =
    (step.kind === "project" && step.columns.length === 0) ||
    (step.kind === "order" && step.by.length === 0) ||
    (step.kind === "aggregate" && step.aggregates.length + step.groupBy.length === 0);
  if (isEmpty) {
    throw new SqlError("Invalid Input Error: the step names no column: name one at least");
  }
  if (step.kind === "limit" && !(Number.isInteger(step.rows) && step.rows >= 0)) {
    throw new SqlError(`Invalid Input Error: a limit of ${step.rows} rows: give a whole number from 0`);
  }
}
