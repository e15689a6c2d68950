import duckdb from "@duckdb/node-bindings";
import { InputError } from "../input-error.ts";
import { admit } from "./admission.ts";
import { Catalog } from "./catalog.ts";
import { createDataFrame, type FrameHost } from "./data-frame.ts";
import { openDatabase } from "./database.ts";
import { DuckDbConnection } from "./duckdb-connection.ts";
import { type DataFrame, type Engine, type FrameSource, type Namespace, SqlError, type Statement } from "./engine.ts";
import { MemoryMeter } from "./memory-meter.ts";
import { enterNamespace } from "./namespace.ts";
import { noParquetFolder, openParquetFolder, type ParquetFolder } from "./parquet-folder.ts";
import { planText } from "./plan.ts";
import { Slots } from "./slots.ts";
import { prepareStatement } from "./statement.ts";

/** What an engine is made with. Every number has a default. */
export interface EngineOptions {
  /** Size of the sample data: 1 is 1.5 million orders. More than 0, at most 10. Default 0.01. */
  readonly scale?: number;
  /** Threads on which DuckDB spreads a statement's work, the one that each has by itself included. Default 2. */
  readonly threads?: number;
  /**
   * The most memory that data, running statements and kept results take together, as DuckDB writes it. Default: 1 GiB,
   * and 2 GiB times the scale more.
   */
  readonly memoryLimit?: string;
  /** The folder whose Parquet files data frames may read. Default: none may. */
  readonly parquetFolder?: string;
  /**
   * How many statements run at once; later ones wait in line. Default 2. Each takes a thread of Node's pool, which has 4
   * unless `UV_THREADPOOL_SIZE` says otherwise: leave some for everything else.
   */
  readonly concurrency?: number;
  /** How many statements may be open (prepared and not closed). Default 1,000. */
  readonly maxOpenStatements?: number;
  /** The most characters of a statement. Default 1,000,000. */
  readonly maxSqlLength?: number;
  /** The most rows of a result. Default 50 million. */
  readonly maxResultRows?: number;
  /** The most rows of a batch. Default 10,000. */
  readonly batchRows?: number;
  /** About the most bytes of a batch; one row always fits. Default 2 MiB. */
  readonly batchBytes?: number;
  /** Milliseconds on a clock that only moves forward. Default `performance.now`. */
  readonly now?: () => number;
}

/** An engine on a DuckDB of its own, in memory, with the sample data in it. Disposing it closes every statement. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const scale = inRange("scale", options.scale ?? 0.01, Number.MIN_VALUE, 10);
  const threads = wholeInRange("threads", options.threads ?? 2, 1, 256);
  const memoryLimit = amountOfMemory("memoryLimit", options.memoryLimit ?? defaultMemory(scale));
  const limits = {
    concurrency: wholeInRange("concurrency", options.concurrency ?? 2, 1, 1000),
    maxOpenStatements: wholeInRange("maxOpenStatements", options.maxOpenStatements ?? 1000, 1, 100_000),
    maxSqlLength: wholeInRange("maxSqlLength", options.maxSqlLength ?? 1_000_000, 1, 2 ** 28),
    maxResultRows: wholeInRange("maxResultRows", options.maxResultRows ?? 50_000_000, 1, Number.MAX_SAFE_INTEGER),
    batchRows: wholeInRange("batchRows", options.batchRows ?? 10_000, 1, 10_000_000),
    batchBytes: wholeInRange("batchBytes", options.batchBytes ?? 2 * 1024 * 1024, 1, 2 ** 30),
  };
  const parquetFolder =
    options.parquetFolder === undefined ? noParquetFolder : await openParquetFolder(options.parquetFolder);
  const database = await openDatabase({ scale, threads, memoryLimit }).catch((cause: unknown) => {
    throw cause instanceof SqlError && cause.message.startsWith("Out of Memory Error")
      ? new InputError(
          `The sample data of scale ${scale} do not fit into ${memoryLimit}: give a larger memoryLimit (--memory-limit), ` +
            `such as ${defaultMemory(scale)}, or a smaller scale (--scale)`,
          { cause },
        )
      : cause;
  });
  const now = options.now ?? (() => performance.now());
  return new DuckDbEngine({
    database,
    memory: await MemoryMeter.open(database),
    limits,
    parquetFolder,
    memoryLimit,
    now,
  });
}

/** The data take 1.3 GiB times the scale, and some more while they are made. */
function defaultMemory(scale: number): string {
  return `${1024 + Math.ceil(2048 * scale)}MiB`;
}

interface EngineParts {
  readonly database: duckdb.Database;
  readonly memory: MemoryMeter;
  readonly limits: Limits;
  readonly parquetFolder: ParquetFolder;
  readonly memoryLimit: string;
  readonly now: () => number;
}

interface Limits {
  readonly concurrency: number;
  readonly maxOpenStatements: number;
  readonly maxSqlLength: number;
  readonly maxResultRows: number;
  readonly batchRows: number;
  readonly batchBytes: number;
}

class DuckDbEngine implements Engine {
  readonly #database: duckdb.Database;
  readonly #catalog: Catalog;
  readonly #memory: MemoryMeter;
  readonly #limits: Limits;
  readonly #host: FrameHost;
  readonly #open = new Set<Statement>();
  #preparing = 0;
  #closed: Promise<void> | undefined;

  constructor({ database, memory, limits, parquetFolder, memoryLimit, now }: EngineParts) {
    this.#database = database;
    this.#catalog = new Catalog(database);
    this.#memory = memory;
    this.#limits = limits;
    this.#host = {
      database,
      slots: new Slots(limits.concurrency),
      batch: { rows: limits.batchRows, bytes: limits.batchBytes },
      maxResultRows: limits.maxResultRows,
      now,
      onClosed: (statement) => this.#open.delete(statement),
      parquetFolder,
      memoryLimit,
      refuseLong: (sql) => this.#refuseLong(sql),
    };
  }

  async prepare(sql: string, namespace: Namespace): Promise<Statement> {
    return await this.#keep(() => {
      this.#refuseLong(sql);
      return prepareStatement(this.#host, sql, namespace);
    });
  }

  async createDataFrame(source: FrameSource, namespace: Namespace): Promise<DataFrame> {
    return await this.#keep(() => createDataFrame(this.#host, source, namespace));
  }

  /** Makes a statement that is closed with the engine. */
  async #keep<T extends Statement>(make: () => Promise<T>): Promise<T> {
    this.#refuseClosed();
    this.#refuseCrowd();
    this.#preparing++;
    try {
      const statement = await make();
      this.#open.add(statement);
      if (this.#closed !== undefined) {
        await statement.close();
        this.#refuseClosed();
      }
      return statement;
    } finally {
      this.#preparing--;
    }
  }

  async analyze(sql: string, namespace: Namespace): Promise<void> {
    const statement = await this.prepare(sql, namespace);
    await statement.close();
  }

  async dryRun(sql: string, namespace: Namespace): Promise<string> {
    this.#refuseClosed();
    this.#refuseLong(sql);
    const connection = await DuckDbConnection.open(this.#database);
    try {
      await enterNamespace(connection, namespace);
      return await planText(connection, await admit(connection, sql), []);
    } finally {
      connection.close();
    }
  }

  async catalogs(): ReturnType<Engine["catalogs"]> {
    this.#refuseClosed();
    return await this.#catalog.catalogs();
  }

  async schemas(catalog?: string): Promise<readonly string[]> {
    this.#refuseClosed();
    return await this.#catalog.schemas(catalog);
  }

  async tables(schema: string, catalog?: string): Promise<readonly string[]> {
    this.#refuseClosed();
    return await this.#catalog.tables(schema, catalog);
  }

  async columns(table: string, schema: string, catalog?: string): ReturnType<Engine["columns"]> {
    this.#refuseClosed();
    return await this.#catalog.columns(table, schema, catalog);
  }

  async addCatalog(name: string): Promise<void> {
    this.#refuseClosed();
    await this.#catalog.add(name);
  }

  async addSchema(name: string, catalog: string): Promise<void> {
    this.#refuseClosed();
    await this.#catalog.addSchema(name, catalog);
  }

  async memoryLoad(): Promise<number> {
    this.#refuseClosed();
    return await this.#memory.load(() => this.#keepsResults());
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  async #shutDown(): Promise<void> {
    await Promise.all([...this.#open].map((statement) => statement.close()));
    await this.#memory.close();
    duckdb.close_sync(this.#database);
  }

  #keepsResults(): boolean {
    return [...this.#open].some((statement) => statement.keepsResult());
  }

  #refuseClosed(): void {
    if (this.#closed !== undefined) {
      throw new SqlError("Connection Error: the engine is closed");
    }
  }

  #refuseCrowd(): void {
    const open = this.#open.size + this.#preparing;
    if (open >= this.#limits.maxOpenStatements) {
      throw new SqlError(
        `Out of Range Error: ${open} statements are open: close some, or start the engine with a larger maxOpenStatements`,
      );
    }
  }

  #refuseLong(sql: string): void {
    if (sql.length > this.#limits.maxSqlLength) {
      throw new SqlError(
        `Out of Range Error: a statement of ${sql.length} characters, ${this.#limits.maxSqlLength} are allowed: send it in parts, or start the engine with a larger maxSqlLength`,
      );
    }
  }
}

function amountOfMemory(name: string, value: string): string {
  if (!/^\d+(?:\.\d+)? ?[kmgt]i?b$/i.test(value)) {
    throw new RangeError(`${name} is ${JSON.stringify(value)}: write a number and a unit, like 512MiB or 2GiB`);
  }
  return value;
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (!(value >= least && value <= most)) {
    throw new RangeError(
      `${name} is ${value}: it must be ${least === Number.MIN_VALUE ? "more than 0" : `at least ${least}`} and at most ${most}`,
    );
  }
  return value;
}

function wholeInRange(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value)) {
    throw new RangeError(`${name} is ${value}: it must be a whole number`);
  }
  return inRange(name, value, least, most);
}
