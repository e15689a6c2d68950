import duckdb from "@duckdb/node-bindings";
import { encodeMetadata } from "../encode/metadata.ts";
import { type Admitted, admit } from "./admission.ts";
import { type BatchLimits, BatchReader } from "./batch-reader.ts";
import { type Binding, readBindings } from "./bound-value.ts";
import { cancelledText, DuckDbConnection } from "./duckdb-connection.ts";
import {
  type BoundValue,
  type Namespace,
  type Placeholder,
  SqlError,
  type Statement,
  type StatementProfile,
  type StatementStatus,
} from "./engine.ts";
import { materialise } from "./materialise.ts";
import { enterNamespace } from "./namespace.ts";
import { placeholdersOf } from "./placeholders.ts";
import { planText } from "./plan.ts";
import { ownProfile, plainProfile } from "./profile.ts";
import { resultField } from "./result-column.ts";
import { type Materialised, resultTable } from "./result-table.ts";
import type { Slots } from "./slots.ts";

/** What a statement needs of its engine. */
export interface StatementHost {
  readonly database: duckdb.Database;
  readonly slots: Slots;
  readonly batch: BatchLimits;
  /** Milliseconds on a clock that only moves forward. */
  readonly now: () => number;
  /** The most rows of a result. */
  readonly maxResultRows: number;
  /** Told once, when the statement has given everything back. */
  readonly onClosed: (statement: Statement) => void;
}

/** What came of a run. */
interface Outcome {
  readonly materialised: Materialised;
  readonly metadata: Uint8Array;
  readonly reader: BatchReader;
  readonly queueingMs: number;
  readonly totalMs: number;
}

/** Prepares one statement on a connection of its own. */
export async function prepareStatement(host: StatementHost, sql: string, namespace: Namespace): Promise<Statement> {
  const start = host.now();
  const connection = await DuckDbConnection.open(host.database);
  try {
    await enterNamespace(connection, namespace);
    return await prepareOn(host, connection, sql, start);
  } catch (cause) {
    connection.close();
    throw cause;
  }
}

/** Prepares a statement on a connection that is from then on its own; `start` is when that began. */
export async function prepareOn(
  host: StatementHost,
  connection: DuckDbConnection,
  sql: string,
  start: number,
): Promise<Statement> {
  const admitted = await admit(connection, sql);
  return new DuckDbStatement(host, connection, admitted, host.now() - start);
}

class DuckDbStatement implements Statement {
  readonly #host: StatementHost;
  readonly #connection: DuckDbConnection;
  readonly #statement: Admitted;
  readonly #parsingMs: number;
  readonly #stop = new AbortController();
  #bindings: readonly Binding[] = [];
  #plan: string | undefined;
  #run: Promise<Outcome> | undefined;
  #status: StatementStatus = { done: false, rowCount: 0n };
  /** The connection does one thing at a time: each waits for the one before it. */
  #last: Promise<unknown> = Promise.resolve();
  #keepsResult = false;
  #closed: Promise<void> | undefined;

  constructor(host: StatementHost, connection: DuckDbConnection, statement: Admitted, parsingMs: number) {
    this.#host = host;
    this.#connection = connection;
    this.#statement = statement;
    this.#parsingMs = parsingMs;
  }

  placeholders(): readonly Placeholder[] {
    this.#refuseStopped();
    return placeholdersOf(this.#statement.prepared);
  }

  async execute(values: readonly BoundValue[]): Promise<void> {
    this.#refuseStopped();
    if (this.#run !== undefined) {
      throw new SqlError("Invalid Input Error: the statement was executed already: prepare it again");
    }
    const placeholders = duckdb.nparams(this.#statement.prepared);
    const { promise: accepted, resolve, reject } = Promise.withResolvers<void>();
    this.#keepsResult = true;
    this.#run = this.#inTurn(async () => {
      try {
        this.#bindings = await readBindings(this.#connection, values, placeholders);
        resolve();
      } catch (cause) {
        reject(cause);
        throw cause;
      }
      return await this.#runInSlot();
    });
    // Who waits for the run hears of its failure; nobody may be waiting yet.
    this.#run.then(
      ({ materialised }) => {
        this.#status = { done: true, rowCount: materialised.rowCount };
      },
      () => {
        this.#status = { done: true, rowCount: 0n };
        this.#keepsResult = false;
      },
    );
    await accepted;
  }

  async metadata(): Promise<Uint8Array> {
    return (await this.#outcome()).metadata;
  }

  async nextBatch(): Promise<Uint8Array> {
    const { reader } = await this.#outcome();
    return await this.#inTurn(async () => {
      const batch = await reader.next();
      this.#keepsResult = !reader.isAtEnd;
      return batch;
    });
  }

  status(): StatementStatus {
    this.#refuseStopped();
    return this.#status;
  }

  keepsResult(): boolean {
    return this.#keepsResult;
  }

  async explain(): Promise<string> {
    return this.#plan ?? (await this.#inTurn(() => this.#planNow()));
  }

  async explainAnalyze(): Promise<StatementProfile> {
    const { materialised, queueingMs, totalMs } = await this.#outcome();
    return {
      parsingMs: this.#parsingMs,
      queueingMs,
      totalMs,
      rowCount: materialised.rowCount,
      profile: ownProfile(materialised.profile) ?? plainProfile(totalMs, await this.explain()),
    };
  }

  cancel(): void {
    if (this.#closed === undefined) {
      this.#stop.abort();
      this.#connection.interrupt();
    }
  }

  close(): Promise<void> {
    this.cancel();
    this.#closed ??= this.#giveBack();
    return this.#closed;
  }

  async #giveBack(): Promise<void> {
    await this.#last.catch(() => undefined);
    duckdb.destroy_prepare_sync(this.#statement.prepared);
    await this.#connection.release(`DROP TABLE IF EXISTS ${resultTable}`);
    this.#connection.close();
    this.#host.onClosed(this);
  }

  async #outcome(): Promise<Outcome> {
    this.#refuseStopped();
    if (this.#run === undefined) {
      throw new SqlError("Invalid Input Error: the statement was not executed yet");
    }
    const outcome = await this.#run;
    this.#refuseStopped();
    return outcome;
  }

  async #planNow(): Promise<string> {
    this.#plan ??= await planText(this.#connection, this.#statement, this.#bindings);
    return this.#plan;
  }

  async #runInSlot(): Promise<Outcome> {
    const { slots, now } = this.#host;
    const accepted = now();
    if (!(await slots.take(this.#stop.signal))) {
      throw new SqlError(cancelledText);
    }
    try {
      const queueingMs = now() - accepted;
      return await this.#runNow(queueingMs, accepted);
    } catch (cause) {
      // What was refused once it was there must not lie about until the statement is closed.
      await this.#connection.release(`DROP TABLE IF EXISTS ${resultTable}`);
      throw cause;
    } finally {
      slots.release();
    }
  }

  async #runNow(queueingMs: number, accepted: number): Promise<Outcome> {
    const { now, batch } = this.#host;
    if (this.#statement.kind !== duckdb.StatementType.SELECT) {
      // Once it has run, a CREATE can no longer be planned.
      await this.#planNow();
    }
    const materialised = await materialise(this.#connection, this.#statement, this.#bindings);
    const { columns, rowCount } = materialised;
    this.#refuseTooMany(rowCount);
    const metadata = encodeMetadata(rowCount, columns.map(resultField));
    const reader = new BatchReader(this.#connection, columns, rowCount, batch);
    return { materialised, metadata, reader, queueingMs, totalMs: this.#parsingMs + now() - accepted };
  }

  #refuseTooMany(rowCount: bigint): void {
    const most = this.#host.maxResultRows;
    if (rowCount > BigInt(most)) {
      throw new SqlError(
        `Out of Range Error: the result has ${rowCount} rows, ${most} are allowed: add a LIMIT, or start the engine with a larger maxResultRows`,
      );
    }
  }

  #refuseStopped(): void {
    if (this.#closed !== undefined) {
      throw new SqlError("Invalid Input Error: the statement is closed");
    }
    if (this.#stop.signal.aborted) {
      throw new SqlError(cancelledText);
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseStopped();
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return await turn;
  }
}
