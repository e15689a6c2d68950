import { E6Error } from "./error.ts";
import type { Strategy } from "./headers.ts";
import { type ConnectOptions, readOptions, type Settings } from "./options.ts";
import { type Cursor, createCursor } from "./query/cursor.ts";
import { createEngineFeatures } from "./query/engine-features.ts";
import type { QueryContext } from "./query/query-context.ts";
import { type CursorOptions, checkOptions, type QueryOptions, type StreamOptions } from "./query/query-options.ts";
import { planQuery } from "./query/query-plan.ts";
import { openStream, type QueryStream } from "./query/query-stream.ts";
import { createReleases } from "./query/releases.ts";
import { runQuery } from "./query/run-query.ts";
import type { Dialect } from "./result/dialect.ts";
import type { QueryResult } from "./result/query-result.ts";
import { platformRuntime, type Runtime } from "./runtime.ts";
import { Detection } from "./session/detection.ts";
import { EngineAccess } from "./session/engine-access.ts";
import { Sessions } from "./session/sessions.ts";
import { createSignIn } from "./session/sign-in.ts";
import type { Params } from "./sql/bind-statement.ts";
import type { SqlStatement } from "./sql/sql-template.ts";
import { unknownStrategy } from "./strategy/strategy-state.ts";
import { createMemoryStore, type StrategyStore } from "./strategy/strategy-store.ts";
import { transition } from "./strategy/transition.ts";
import type { Announcement } from "./transport/announcements.ts";
import { createEngineCaller } from "./transport/engine-caller.ts";
import { createGatewayTransport } from "./transport/gateway-transport.ts";
import type { Route } from "./transport/route.ts";

/** What a connection knows about the deployment. */
export interface DeploymentView {
  /** The stack that takes new work; nothing before the first query. */
  readonly active: Strategy | undefined;
  /** The stack that was announced as the next one. */
  readonly announced: Strategy | undefined;
}

/**
 * A connection to a cluster. It holds no socket: sessions are opened when the first query needs them. Never prints or
 * serialises its credentials.
 */
export interface Connection extends AsyncDisposable {
  /** What is known about the deployment at this moment. */
  readonly deployment: DeploymentView;
  /**
   * Runs one statement and reads its whole result. Rejects with an `E6Error`. Many queries may run at a time.
   *
   * @param statement A text, or what the template tag `sql` made.
   * @param params Values for the placeholders of a text: a list for `?` and `$1`, an object for `:name` and `%(name)s`.
   */
  query<D extends Dialect = "exact", Made = never>(
    statement: string | SqlStatement,
    params?: Params,
    options?: QueryOptions<D, Made>,
  ): Promise<QueryResult<D, Made>>;
  /** Runs one statement whose rows are read as they come, in memory that stays flat. Resolves when its columns are known. */
  stream<D extends Dialect = "exact", Made = never>(
    statement: string | SqlStatement,
    params?: Params,
    options?: StreamOptions<D, Made>,
  ): Promise<QueryStream<D, Made>>;
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
  return new GatewayConnection(settings, runtime);
}

class GatewayConnection implements Connection {
  readonly #closing = new AbortController();
  readonly #store: StrategyStore;
  readonly #sessions: Sessions;
  readonly #context: QueryContext;

  constructor(settings: Settings, runtime: Runtime) {
    const { signal } = this.#closing;
    this.#store = createMemoryStore(unknownStrategy(runtime.newId()));
    const transport = createGatewayTransport(settings, (route, announcement) =>
      noteAnnouncement(this.#store, route, announcement, runtime.newId()),
    );
    const call = createEngineCaller(transport);
    this.#sessions = new Sessions(createSignIn(call, settings.credentials), this.#store, signal);
    const detection = new Detection(this.#sessions, this.#store, runtime, signal);
    const access = new EngineAccess(this.#sessions, detection, this.#store, runtime);
    this.#context = {
      call,
      access,
      settings,
      runtime,
      closing: signal,
      releases: createReleases(call, runtime),
      features: createEngineFeatures(),
    };
  }

  get deployment(): DeploymentView {
    const { active, pending } = this.#store.read();
    return { active, announced: pending?.stack };
  }

  async query<D extends Dialect = "exact", Made = never>(
    statement: string | SqlStatement,
    params?: Params,
    options: QueryOptions<D, Made> = {},
  ): Promise<QueryResult<D, Made>> {
    checkOptions(options, "query()");
    return await runQuery(this.#context, planQuery(this.#context, statement, params, options), options);
  }

  async stream<D extends Dialect = "exact", Made = never>(
    statement: string | SqlStatement,
    params?: Params,
    options: StreamOptions<D, Made> = {},
  ): Promise<QueryStream<D, Made>> {
    checkOptions(options, "stream()");
    return await openStream(this.#context, planQuery(this.#context, statement, params, options), options);
  }

  cursor<D extends Dialect = "exact", Made = never>(options: CursorOptions<D, Made> = {}): Cursor<D, Made> {
    checkOptions(options, "cursor()");
    return createCursor(this.#context, options);
  }

  async close(): Promise<void> {
    this.#closing.abort(closedError());
    this.#sessions.clear();
    await this.#context.releases.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function noteAnnouncement(store: StrategyStore, route: Route, announcement: Announcement, newId: string): void {
  const { strategy: from, epoch, pendingId } = route;
  store.update((state) => transition(state, { type: "announced", ...announcement, from, epoch, pendingId, newId }));
}

function closedError(): E6Error {
  return new E6Error("CLOSED", "the connection is closed", { hint: "connect() again" });
}
