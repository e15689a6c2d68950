import { type BoundValue, type Engine, type Namespace, SqlError, type Statement } from "../src/engine/engine.ts";

/** What a scripted statement does; everything has a plain default. */
export interface Script {
  readonly rows?: number;
  readonly batches?: readonly Uint8Array[];
  /** Fails at prepare with this text. */
  readonly error?: string;
  /** `metadata()` waits for this. */
  readonly until?: Promise<void>;
  /** The share of the engine's memory that its result takes, from `execute` to its last batch or its close. */
  readonly load?: number;
}

/** An engine without SQL: each text is answered by its script, and everything asked is noted. */
export interface ScriptedEngine extends Engine {
  readonly prepared: { sql: string; namespace: Namespace }[];
  readonly bound: (readonly BoundValue[])[];
  /** How many statements are not closed. */
  readonly open: number;
  /** Whether the engine was disposed of. */
  readonly disposed: boolean;
}

/** Creates a {@link ScriptedEngine}; texts without a script give one row and two batches. Adding a catalog waits for `catalogUntil`. */
export function createScriptedEngine(
  scripts: Readonly<Record<string, Script>> = {},
  catalogUntil: Promise<void> = Promise.resolve(),
): ScriptedEngine {
  const prepared: ScriptedEngine["prepared"] = [];
  const bound: (readonly BoundValue[])[] = [];
  const loads = new Set<{ readonly load: number }>();
  let open = 0;
  let disposed = false;
  return {
    prepared,
    bound,
    get open() {
      return open;
    },
    get disposed() {
      return disposed;
    },
    prepare(sql, namespace) {
      prepared.push({ sql, namespace });
      const script = scripts[sql] ?? {};
      if (script.error !== undefined) return Promise.reject(new SqlError(script.error));
      open += 1;
      return Promise.resolve(
        scriptedStatement(script, bound, loads, () => {
          open -= 1;
        }),
      );
    },
    dryRun: (sql, namespace) => Promise.resolve(`plan of ${sql} in ${namespace.catalog ?? "?"}.${namespace.schema}`),
    analyze(sql) {
      const { error } = scripts[sql] ?? {};
      return error === undefined ? Promise.resolve() : Promise.reject(new SqlError(error));
    },
    createDataFrame: () => Promise.reject(new SqlError("there are no data frames here")),
    addCatalog: (name) => (name === "taken" ? Promise.reject(new SqlError("it is taken")) : catalogUntil),
    addSchema: (name) => (name === "bad" ? Promise.reject(new SqlError("it is bad")) : Promise.resolve()),
    catalogs: () => Promise.resolve([{ name: "sample", isDefault: true }]),
    schemas: (catalog) => Promise.resolve([`${catalog ?? "default"}-schema`]),
    tables: (schema, catalog) => Promise.resolve([`${catalog ?? "default"}-${schema}-table`]),
    columns: (table, schema, catalog) =>
      Promise.resolve([{ name: `${catalog ?? "default"}-${schema}-${table}`, type: "LONG" }]),
    memoryLoad: () => Promise.resolve([...loads].reduce((sum, { load }) => sum + load, 0)),
    [Symbol.asyncDispose]() {
      disposed = true;
      return Promise.resolve();
    },
  };
}

const defaultBatches = [Uint8Array.of(1, 1, 1), Uint8Array.of(2, 2)];

function scriptedStatement(
  script: Script,
  bound: (readonly BoundValue[])[],
  loads: Set<{ readonly load: number }>,
  onClose: () => void,
): Statement {
  const kept = { load: script.load ?? 0 };
  const { rows = 1, batches = defaultBatches, until = Promise.resolve() } = script;
  const rowCount = BigInt(rows);
  const cancelled = Promise.withResolvers<never>();
  cancelled.promise.catch(() => undefined);
  const ask = <T>(answer: () => T): Promise<T> => Promise.race([cancelled.promise, until.then(answer)]);
  let next = 0;
  let closed = false;
  let done = false;
  void until.then(() => {
    done = true;
  });
  return {
    placeholders: () => [{ index: 0, type: "LONG" }],
    execute(values) {
      bound.push(values);
      loads.add(kept);
      return Promise.resolve();
    },
    metadata: () => ask(() => Uint8Array.of(0, rows)),
    nextBatch: () =>
      ask(() => {
        if (next + 1 >= batches.length) loads.delete(kept);
        return batches[next++] ?? new Uint8Array();
      }),
    status: () => ({ done, rowCount }),
    keepsResult: () => loads.has(kept),
    explain: () => ask(() => "the plan"),
    explainAnalyze: () =>
      ask(() => ({ parsingMs: 1.4, queueingMs: 2.6, totalMs: 10.5, rowCount, profile: { operator: "SCAN" } })),
    cancel: () => cancelled.reject(new SqlError("INTERRUPT Error: Interrupted!")),
    close() {
      if (!closed) onClose();
      loads.delete(kept);
      closed = true;
      return Promise.resolve();
    },
  };
}
