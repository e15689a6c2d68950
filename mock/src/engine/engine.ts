/**
 * What a stack of the mock needs of a SQL engine. A stack keeps sessions, queries and manners; the engine knows
 * nothing of blue, green, gRPC or sessions.
 */
export interface Engine extends AsyncDisposable {
  /** Parses and plans one statement. Rejects with a {@link SqlError}. Nothing has run yet. */
  prepare(sql: string, namespace: Namespace): Promise<Statement>;
  /** The plan of a statement as text, without running it. Rejects with a {@link SqlError}. */
  dryRun(sql: string, namespace: Namespace): Promise<string>;
  /** Parses, binds and plans one statement, and keeps nothing of it. Rejects with a {@link SqlError}. */
  analyze(sql: string, namespace: Namespace): Promise<void>;
  /** A data frame of all rows of its source. Rejects with a {@link SqlError} where there is no such source. */
  createDataFrame(source: FrameSource, namespace: Namespace): Promise<DataFrame>;
  /** Every catalog, the default one first. */
  catalogs(): Promise<readonly CatalogEntry[]>;
  /** The schemas of a catalog, sorted. Without a catalog: of the default one. */
  schemas(catalog?: string): Promise<readonly string[]>;
  /** The tables and views of a schema, sorted. */
  tables(schema: string, catalog?: string): Promise<readonly string[]>;
  /** The columns of a table in their order. */
  columns(table: string, schema: string, catalog?: string): Promise<readonly ColumnEntry[]>;
  /** Adds an empty catalog, which lives in memory as long as the engine. Rejects with a {@link SqlError}. */
  addCatalog(name: string): Promise<void>;
  /** Adds an empty schema to a catalog. Rejects with a {@link SqlError}. */
  addSchema(name: string, catalog: string): Promise<void>;
  /** The share, from 0 to 1, that kept results take of the memory which the data leave. Cheap enough to ask per query. */
  memoryLoad(): Promise<number>;
}

/** Where unqualified names are looked up. What is missing or empty is the engine's default. */
export interface Namespace {
  readonly catalog?: string;
  readonly schema?: string;
}

/** One catalog. */
export interface CatalogEntry {
  readonly name: string;
  readonly isDefault: boolean;
}

/** One column of a table: its name and its field type as result metadata would name it (`LONG`, `STRING`, …). */
export interface ColumnEntry {
  readonly name: string;
  readonly type: string;
}

/** A value bound to a placeholder: `index` counts from 0, `type` is a field type, `value` its text. */
export interface BoundValue {
  readonly index: number;
  readonly type: string;
  readonly value: string;
}

/** What a statement says of a placeholder: `index` counts from 0, `type` is a field type, empty where any will do. */
export interface Placeholder {
  readonly index: number;
  readonly type: string;
}

/** One prepared statement and, once executed, its result. It holds resources until `close()`. */
export interface Statement {
  /** Its placeholders in their order. */
  placeholders(): readonly Placeholder[];
  /** Starts the statement and returns once it is accepted; it goes on running. Executing twice is a {@link SqlError}. */
  execute(values: readonly BoundValue[]): Promise<void>;
  /** The bytes of `resultMetaData`; waits until the row count of the whole result is final. */
  metadata(): Promise<Uint8Array>;
  /** The bytes of the next `resultBatch`; empty at the end. Calls are answered in their order. */
  nextBatch(): Promise<Uint8Array>;
  /** Whether the statement is done, and how many rows its result has so far. Never waits. */
  status(): StatementStatus;
  /** Whether it keeps a result in memory, or is making one: from `execute` until it fails or is read to its end. */
  keepsResult(): boolean;
  /** The plan as text. */
  explain(): Promise<string>;
  /** The profile of this statement's own run; waits until it is done. */
  explainAnalyze(): Promise<StatementProfile>;
  /** Interrupts the statement. Whoever waits on it gets a {@link SqlError}; so does every later call. */
  cancel(): void;
  /** Gives everything back, whatever state the statement is in. Closing twice is once. Never rejects. */
  close(): Promise<void>;
}

/** Where the rows of a data frame come from. */
export type FrameSource =
  | { readonly from: "table"; readonly table: string }
  /** A file under the folder that the engine was given for them. */
  | { readonly from: "parquet"; readonly path: string };

/** One step of a data frame: it works on the columns and rows that the steps before it left. */
export type FrameStep =
  | { readonly kind: "project"; readonly columns: readonly string[] }
  /** The grouping columns, then the aggregates by names such as `sum(x)`, `count(DISTINCT x)` and `count_star()`. */
  | { readonly kind: "aggregate"; readonly aggregates: readonly FrameAggregate[]; readonly groupBy: readonly string[] }
  /** `where` is one SQL expression without placeholders. */
  | { readonly kind: "filter"; readonly where: string }
  | { readonly kind: "order"; readonly by: readonly { readonly column: string; readonly descending: boolean }[] }
  | { readonly kind: "limit"; readonly rows: number };

/** One aggregate of a column. `COUNT_STAR` counts rows, whatever its column. */
export interface FrameAggregate {
  readonly column: string;
  readonly function: "SUM" | "COUNT" | "COUNT_STAR" | "COUNT_DISTINCT";
}

/** A query that is put together step by step. It is read as any statement, once it was executed. */
export interface DataFrame extends Statement {
  /** Adds a step, if it fits: a {@link SqlError} leaves the frame as it was. */
  apply(step: FrameStep): Promise<void>;
}

/** The answer of {@link Statement.status}. */
export interface StatementStatus {
  readonly done: boolean;
  readonly rowCount: bigint;
}

/** What `explainAnalyze` tells of a run; times in milliseconds. */
export interface StatementProfile {
  /** How long `prepare` took. */
  readonly parsingMs: number;
  /** How long the statement waited in line before it ran. */
  readonly queueingMs: number;
  /** Preparing, waiting and running together, up to the final row count. */
  readonly totalMs: number;
  readonly rowCount: bigint;
  /** The engine's own profile: operators with their times and row counts. Where it has none: the time and the plan. */
  readonly profile: unknown;
}

/** An error of the statement itself, with the engine's text as its message. */
export class SqlError extends Error {
  override readonly name = "SqlError";
}
