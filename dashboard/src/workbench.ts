import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Credential, EngineConnection, EnginePort, SignInOptions } from "./engine-port.ts";
import { errorReport } from "./error-report.ts";
import { nextRun, type RunEvent, type RunState } from "./run-state.ts";
import { sampleQueries } from "./sample-queries.ts";
import { nextSession, type SessionEvent, type SessionState } from "./session-state.ts";

/** The page's state and everything that a user can do to it. Components show it and know nothing else. */
export interface Workbench {
  readonly session: ReadonlySignal<SessionState>;
  readonly run: ReadonlySignal<RunState>;
  /** The text in the editor. */
  readonly sql: Signal<string>;
  /** Connects, and makes sure by a first query that the cluster accepts the user. Never rejects: see `session`. */
  signIn(options: SignInOptions): Promise<void>;
  /** Cancels what runs and forgets the connection and its result. */
  signOut(): Promise<void>;
  /** Runs the editor's text, unless it is blank or a statement runs already. Never rejects: see `run`. */
  execute(): Promise<void>;
  /** Gives up the sign-in or the statement that is under way, if one is. */
  cancel(): void;
}

/** What a {@link Workbench} needs of the world. */
export interface WorkbenchOptions {
  readonly engine: EnginePort;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
}

/** The cheapest statement that only a signed-in user can run. */
const firstStatement = "SELECT 1";

/** Makes the state of a page that is not connected yet. */
export function createWorkbench({ engine, now }: WorkbenchOptions): Workbench {
  const session = signal<SessionState>({ kind: "signedOut" });
  const run = signal<RunState>({ kind: "idle" });
  const sql = signal(sampleQueries[0]?.sql ?? "");
  // What can be cancelled now. Whoever finds another one here when an answer arrives has been overtaken.
  let current = new AbortController();

  const begin = () => {
    current = new AbortController();
    return current;
  };
  const toSession = (event: SessionEvent) => {
    session.value = nextSession(session.value, event);
  };
  const toRun = (event: RunEvent) => {
    run.value = nextRun(run.value, event);
  };

  async function signIn(options: SignInOptions): Promise<void> {
    if (session.value.kind !== "signedOut") return;
    const { signal } = begin();
    toSession({ kind: "start" });
    let connection: EngineConnection | undefined;
    try {
      connection = engine.connect(options);
      const { strategy } = await connection.query(firstStatement, { signal });
      toSession({ kind: "accept", connection, who: nameOf(options.credential), gatewayUrl: options.url, strategy });
    } catch (thrown) {
      toSession(signal.aborted ? { kind: "end" } : { kind: "fail", failure: errorReport(thrown) });
      await connection?.close().catch(ignoreFailedGoodbye);
    }
  }

  async function execute(): Promise<void> {
    if (session.value.kind !== "signedIn" || run.value.kind === "running" || sql.value.trim() === "") return;
    const { connection } = session.value;
    const own = begin();
    toRun({ kind: "start", at: now() });
    const outcome = await runStatement(connection, sql.value, own.signal);
    if (own !== current) return;
    toRun({ ...outcome, at: now() });
    if (outcome.kind === "succeed") toSession({ kind: "answer", strategy: outcome.result.strategy });
  }

  async function signOut(): Promise<void> {
    const before = session.value;
    current.abort();
    begin();
    toSession({ kind: "end" });
    toRun({ kind: "forget" });
    if (before.kind === "signedIn") await before.connection.close().catch(ignoreFailedGoodbye);
  }

  return { session, run, sql, signIn, signOut, execute, cancel: () => current.abort() };
}

async function runStatement(connection: EngineConnection, sql: string, signal: AbortSignal) {
  try {
    return { kind: "succeed", result: await connection.query(sql, { signal }) } as const;
  } catch (thrown) {
    return signal.aborted ? ({ kind: "cancel" } as const) : ({ kind: "fail", report: errorReport(thrown) } as const);
  }
}

function nameOf(credential: Credential): string {
  return credential.kind === "user" ? credential.user : "bearer token";
}

function ignoreFailedGoodbye(): void {
  // The user has left: there is nobody to tell, and the engine ends an idle session by itself.
}
