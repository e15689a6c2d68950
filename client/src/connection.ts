import { E6Error } from "./error.ts";
import type { Strategy } from "./headers.ts";
import { type ConnectOptions, invalidOption, readOptions, rejectUnknown, type Settings } from "./options.ts";
import type { QueryResult } from "./query/query-result.ts";
import { Releases } from "./query/releases.ts";
import { type QueryContext, runQuery } from "./query/run-query.ts";
import { platformRuntime, type Runtime } from "./runtime.ts";
import { Detection } from "./session/detection.ts";
import { EngineAccess } from "./session/engine-access.ts";
import { Sessions } from "./session/sessions.ts";
import { createSignIn } from "./session/sign-in.ts";
import { unknownStrategy } from "./strategy/strategy-state.ts";
import { createMemoryStore, type StrategyStore } from "./strategy/strategy-store.ts";
import { transition } from "./strategy/transition.ts";
import type { Announcement } from "./transport/announcements.ts";
import { createEngineCaller } from "./transport/engine-caller.ts";
import { createGatewayTransport } from "./transport/gateway-transport.ts";
import type { Route } from "./transport/route.ts";

/** Options of a single query. */
export interface QueryOptions {
  /** Ends the query: the promise rejects with `CANCELLED`, and the engine is told to stop. */
  readonly signal?: AbortSignal | undefined;
}

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
   */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
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

const queryOptionNames = new Set(["signal"]);

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
    this.#context = { call, access, settings, releases: new Releases(call) };
  }

  get deployment(): DeploymentView {
    const { active, pending } = this.#store.read();
    return { active, announced: pending?.stack };
  }

  async query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    const { signal } = this.#closing;
    if (signal.aborted) {
      throw closedError();
    }
    assertSql(sql);
    const own = readQueryOptions(options).signal;
    return await runQuery(this.#context, sql, own === undefined ? signal : AbortSignal.any([signal, own]));
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

function assertSql(sql: unknown): void {
  if (typeof sql !== "string" || sql.trim() === "") {
    throw new E6Error("INVALID_PARAMETER", "the statement is not a string, or is blank", {
      hint: "pass one SQL statement",
    });
  }
}

function readQueryOptions(options: QueryOptions): QueryOptions {
  rejectUnknown(options, queryOptionNames, "query()");
  const signal: unknown = options.signal;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalidOption("signal", "is not an AbortSignal", "pass the signal of an AbortController");
  }
  return options;
}

function closedError(): E6Error {
  return new E6Error("CLOSED", "the connection is closed", { hint: "connect() again" });
}
