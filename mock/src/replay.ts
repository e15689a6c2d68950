import { type Engine, SqlError, type Statement } from "./engine/engine.ts";

/** A result whose bytes are known beforehand. They are sent as they are, so do not change them afterwards. */
export interface CannedResult {
  /** The bytes of `resultMetaData`. */
  readonly metadata: Uint8Array;
  /** The bytes of each `resultBatch`, in order; the end is added. */
  readonly batches: readonly Uint8Array[];
}

/** An engine that answers some SQL texts from canned results. */
export interface Replay {
  readonly engine: Engine;
  /** Registers a result for an SQL text; it replaces a former one. */
  add(sql: string, result: CannedResult): void;
  /** Registers for an SQL text what the engine answers to it now. Rejects with its error. */
  record(sql: string): Promise<void>;
}

/** Wraps an engine: what is not canned goes to it. */
export function createReplay(engine: Engine): Replay {
  const canned = new Map<string, CannedResult>();
  return {
    add: (sql, result) => canned.set(sql, result),
    record: async (sql) => void canned.set(sql, await readResult(await engine.prepare(sql, {}))),
    engine: {
      prepare(sql, namespace) {
        const result = canned.get(sql);
        return result ? Promise.resolve(replayStatement(result)) : engine.prepare(sql, namespace);
      },
      dryRun: (sql, namespace) => engine.dryRun(sql, namespace),
      analyze: (sql, namespace) => (canned.has(sql) ? Promise.resolve() : engine.analyze(sql, namespace)),
      createDataFrame: (source, namespace) => engine.createDataFrame(source, namespace),
      addCatalog: (name) => engine.addCatalog(name),
      addSchema: (name, catalog) => engine.addSchema(name, catalog),
      catalogs: () => engine.catalogs(),
      schemas: (catalog) => engine.schemas(catalog),
      tables: (schema, catalog) => engine.tables(schema, catalog),
      columns: (table, schema, catalog) => engine.columns(table, schema, catalog),
      memoryLoad: () => engine.memoryLoad(),
      [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
    },
  };
}

async function readResult(statement: Statement): Promise<CannedResult> {
  try {
    await statement.execute([]);
    const metadata = await statement.metadata();
    const batches: Uint8Array[] = [];
    for (let batch = await statement.nextBatch(); batch.length > 0; batch = await statement.nextBatch())
      batches.push(batch);
    return { metadata, batches };
  } finally {
    await statement.close();
  }
}

function replayStatement({ metadata, batches }: CannedResult): Statement {
  let next = 0;
  let cancelled = false;
  const answer = async <T>(value: () => T): Promise<T> => {
    if (cancelled) throw new SqlError("The statement was cancelled");
    return value();
  };
  // The metadata begins with the row count.
  const rowCount = new DataView(metadata.buffer, metadata.byteOffset, metadata.length).getBigInt64(0);
  const profile = { parsingMs: 0, queueingMs: 0, totalMs: 0, rowCount, profile: "replayed" };
  return {
    placeholders: () => [],
    execute: () => answer(() => undefined),
    metadata: () => answer(() => metadata),
    nextBatch: () => answer(() => batches[next++] ?? new Uint8Array()),
    status: () => ({ done: true, rowCount }),
    keepsResult: () => false,
    explain: () => answer(() => "replayed"),
    explainAnalyze: () => answer(() => profile),
    cancel() {
      cancelled = true;
    },
    close: () => Promise.resolve(),
  };
}
