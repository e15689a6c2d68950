import { type Catalog, createCatalog } from "./catalog/catalog.ts";
import type { InSchema } from "./catalog/names.ts";
import { type Cluster, createCluster } from "./cluster/cluster.ts";
import { E6Error } from "./error.ts";
import { harmlessly } from "./harmlessly.ts";
import { type ConnectOptions, readOptions, type Settings } from "./options.ts";
import { attachQuery } from "./query/attach.ts";
import { type Cursor, createCursor } from "./query/cursor.ts";
import { createEngineFeatures } from "./query/engine-features.ts";
import type { QueryContext } from "./query/query-context.ts";
import type { QueryHandle } from "./query/query-handle.ts";
import {
  type AttachOptions,
  type CheckedCall,
  type CursorOptions,
  checkOptions,
  type ExecuteOptions,
  type QueryOptions,
  type StreamOptions,
} from "./query/query-options.ts";
import { planQuery, type Statement } from "./query/query-plan.ts";
import { type QueryStream, streamOf } from "./query/query-stream.ts";
import { readAll } from "./query/read-all.ts";
import { createReleases } from "./query/releases.ts";
import { startQuery } from "./query/start-query.ts";
import { readParameters, type StatementParameter } from "./query/statement-parameters.ts";
import { createSubmittedQuery, type SubmittedQuery } from "./query/submitted-query.ts";
import type { Dialect } from "./result/dialect.ts";
import type { QueryResult } from "./result/query-result.ts";
import { platformRuntime, type Runtime } from "./runtime.ts";
import { type ConnectionStrategy, createConnectionStrategy } from "./session/connection-strategy.ts";
import type { DeploymentEvent, TellDeployment } from "./session/deployment-event.ts";
import { createEngineParts } from "./session/engine-parts.ts";
import type { Params } from "./sql/bind-statement.ts";
import type { SqlStatement } from "./sql/sql-template.ts";
import { openStore } from "./store/open-store.ts";

/**
 * A connection to a cluster. It holds no socket: sessions are opened when the first query needs them. Never prints or
 * serialises its credentials.
 */
export interface Connection extends Catalog, AsyncDisposable {
  /** The cluster itself: asleep or awake. */
  readonly cluster: Cluster;
  /** The deployment: what is known of it, what happens in it, and what can be done about it by hand. */
  readonly strategy: ConnectionStrategy;
  /**
   * Runs one statement and reads its whole result. Rejects with an `E6Error`. Many queries may run at a time.
   *
   * @param statement A text, what the template tag `sql` made, or a data frame.
   * @param params Values for the placeholders of a text: a list for `?` and `$1`, an object for `:name` and `%(name)s`.
   */
  query<D extends Dialect = "exact", Made = never>(
    statement: Statement,
    params?: Params,
    options?: QueryOptions<D, Made>,
  ): Promise<QueryResult<D, Made>>;
  /** Runs one statement whose rows are read as they come, in memory that stays flat. Resolves when its columns are known. */
  stream<D extends Dialect = "exact", Made = never>(
    statement: Statement,
    params?: Params,
    options?: StreamOptions<D, Made>,
  ): Promise<QueryStream<D, Made>>;
  /** Hands one statement over to an engine and resolves once it is accepted: to be read later, here or elsewhere. */
  submit(statement: Statement, params?: Params, options?: ExecuteOptions): Promise<SubmittedQuery>;
  /**
   * Goes on with a query that was begun elsewhere, on the stack where it lives, also when another one is active. Rejects with
   * `STALE_HANDLE` if it can no longer be reached there, with `INVALID_PARAMETER` for what is no handle.
   *
   * @param handle What `handle()` gave, also after a way through JSON. It may come from anywhere: it is checked.
   */
  attach(handle: QueryHandle, options?: AttachOptions): Promise<SubmittedQuery>;
  /** The placeholders of a statement and the types that the engine finds for them. The statement is not run. */
  parameters(statement: string | SqlStatement, options?: InSchema): Promise<StatementParameter[]>;
  /** A cursor, which runs statements one after the other. Throws an `E6Error` for a wrong option. */
  cursor<D extends Dialect = "exact", Made = never>(options?: CursorOptions<D, Made>): Cursor<D, Made>;
  /**
   * Ends running queries with `CLOSED` and waits, a few seconds at most, until the engine has been told. Closing twice
   * is closing once.
   */
  close(): Promise<void>;
}

/**
 * Prepares a connection; nothing is sent yet. Throws `INVALID_OPTION` for anything that is wrong with the options.
 *
 * ```ts
 * await using connection = connect({ url: "https://gateway.example.com", user, token });
 * const result = await connection.query("select n_name from nation");
 * ```
 */
export function connect(options: ConnectOptions): Connection {
  return createConnection(readOptions(options), platformRuntime);
}

/** A connection over checked options and a given runtime. */
export function createConnection(settings: Settings, runtime: Runtime): Connection {
  const end = new AbortController();
  const listeners = new Set(settings.onDeployment);
  const untold: DeploymentEvent[] = [];
  const tell: TellDeployment = (step) => {
    // What a listener causes is told once all have been told what it answers to.
    if (untold.push({ ...step, at: runtime.wallMs() }) > 1) return;
    for (const event of untold) for (const listener of [...listeners]) harmlessly(() => listener(event));
    untold.length = 0;
  };
  const store = openStore(settings, runtime, tell);
  const engine = createEngineParts(settings, runtime, store, end.signal, tell);
  const releases = createReleases(engine);
  const context: QueryContext = { ...engine, releases, features: createEngineFeatures() };
  const start = async (call: CheckedCall, statement: Statement, params: Params | undefined, options: ExecuteOptions) =>
    await startQuery(context, planQuery(context, call, statement, params, options));
  const close = async () => {
    end.abort(closedError());
    engine.sessions.clear();
    await Promise.all([releases.settled(), store === settings.store || store.close()]);
  };
  return {
    ...createCatalog(engine),
    cluster: createCluster(engine),
    strategy: createConnectionStrategy(engine, listeners),
    async query(statement, params, options = {}) {
      return await readAll(await start("query()", statement, params, options), options);
    },
    async stream(statement, params, options = {}) {
      return await streamOf(await start("stream()", statement, params, options), options);
    },
    async submit(statement, params, options = {}) {
      return createSubmittedQuery(context, await start("submit()", statement, params, options));
    },
    async attach(handle, options = {}) {
      return createSubmittedQuery(context, await attachQuery(context, handle, options));
    },
    parameters: (statement, options = {}) => readParameters(context, statement, options),
    cursor(options = {}) {
      checkOptions(options, "cursor()");
      return createCursor(context, options);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function closedError(): E6Error {
  return new E6Error("CLOSED", "the connection is closed", { hint: "connect() again" });
}
