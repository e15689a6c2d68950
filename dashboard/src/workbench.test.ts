import { E6Error } from "e6data-web";
import { beforeEach, describe, expect, it } from "vitest";
import type { EngineConnection, EngineResult, SignInOptions } from "./engine-port.ts";
import { createWorkbench, type Workbench } from "./workbench.ts";

const options: SignInOptions = {
  url: "http://127.0.0.1:8080",
  credential: { kind: "user", user: "ada", token: "s3cret" },
};

function resultFrom(strategy: "blue" | "green"): EngineResult {
  return { fields: [{ name: "1", type: "INTEGER" }], rows: [[1]], queryId: "q1", strategy };
}

/** One call of `query`, answered by the test. */
interface PendingQuery {
  readonly sql: string;
  readonly signal: AbortSignal;
  readonly resolve: (result: EngineResult) => void;
  readonly reject: (reason: unknown) => void;
}

class FakeConnection implements EngineConnection {
  readonly queries: PendingQuery[] = [];
  closed = 0;

  query(sql: string, { signal }: { readonly signal: AbortSignal }): Promise<EngineResult> {
    const { promise, resolve, reject } = Promise.withResolvers<EngineResult>();
    signal.addEventListener("abort", () => reject(new E6Error("CANCELLED", "cancelled")));
    this.queries.push({ sql, signal, resolve, reject });
    return promise;
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.reject(new Error("the goodbye was lost"));
  }

  get last(): PendingQuery {
    const query = this.queries.at(-1);
    if (query === undefined) throw new Error("nothing was asked");
    return query;
  }
}

let connections: FakeConnection[];
let time: number;
let workbench: Workbench;

beforeEach(() => {
  connections = [];
  time = 0;
  const connect = () => {
    const connection = new FakeConnection();
    connections.push(connection);
    return connection;
  };
  workbench = createWorkbench({ engine: { connect }, now: () => time });
});

async function signedIn(): Promise<FakeConnection> {
  const done = workbench.signIn(options);
  const connection = connections.at(-1);
  if (connection === undefined) throw new Error("no connection was made");
  connection.last.resolve(resultFrom("blue"));
  await done;
  return connection;
}

describe("signIn()", () => {
  it("is done when the cluster has answered a query", async () => {
    const done = workbench.signIn(options);
    expect(workbench.session.value).toEqual({ kind: "signingIn" });
    connections[0]?.last.resolve(resultFrom("green"));
    await done;
    expect(workbench.session.value).toMatchObject({ kind: "signedIn", who: "ada", strategy: "green" });
  });

  it("keeps no token in the page's state", async () => {
    await signedIn();
    expect(JSON.stringify(workbench)).not.toContain("s3cret");
  });

  it("shows why it failed, and closes what it opened", async () => {
    const done = workbench.signIn(options);
    connections[0]?.last.reject(new E6Error("AUTHENTICATION_FAILED", "refused"));
    await done;
    expect(workbench.session.value).toMatchObject({ kind: "signedOut", failure: { code: "AUTHENTICATION_FAILED" } });
    expect(connections[0]?.closed).toBe(1);
  });

  it("shows an option that the client refuses", async () => {
    const refuse = () => {
      throw new E6Error("INVALID_OPTION", "bad address");
    };
    workbench = createWorkbench({ engine: { connect: refuse }, now: () => time });
    await workbench.signIn(options);
    expect(workbench.session.value).toMatchObject({ kind: "signedOut", failure: { code: "INVALID_OPTION" } });
  });

  it("can be given up without an error", async () => {
    const done = workbench.signIn(options);
    workbench.cancel();
    await done;
    expect(workbench.session.value).toEqual({ kind: "signedOut" });
    expect(connections[0]?.closed).toBe(1);
  });

  it("happens once at a time", async () => {
    await Promise.all([signedIn(), workbench.signIn(options)]);
    expect(connections).toHaveLength(1);
  });
});

describe("execute()", () => {
  it("runs the editor's text and keeps the result and its time", async () => {
    const connection = await signedIn();
    workbench.sql.value = "select 1";
    time = 1000;
    const done = workbench.execute();
    expect(workbench.run.value).toEqual({ kind: "running", startedAt: 1000 });
    time = 1250;
    connection.last.resolve(resultFrom("green"));
    await done;
    expect(connection.last.sql).toBe("select 1");
    expect(workbench.run.value).toEqual({ kind: "succeeded", result: resultFrom("green"), elapsed: 250 });
    expect(workbench.session.value).toMatchObject({ strategy: "green", movedFrom: "blue" });
  });

  it("keeps an error", async () => {
    const connection = await signedIn();
    const done = workbench.execute();
    connection.last.reject(new E6Error("SQL_ERROR", "no such table"));
    await done;
    expect(workbench.run.value).toMatchObject({ kind: "failed", report: { code: "SQL_ERROR" } });
  });

  it("does nothing while a statement runs, for a blank text, and before the sign-in", async () => {
    await workbench.execute();
    expect(workbench.run.value).toEqual({ kind: "idle" });
    const connection = await signedIn();
    workbench.sql.value = " \n";
    await workbench.execute();
    expect(connection.queries).toHaveLength(1);
    workbench.sql.value = "select 1";
    const done = workbench.execute();
    await workbench.execute();
    expect(connection.queries).toHaveLength(2);
    connection.last.resolve(resultFrom("blue"));
    await done;
  });
});

describe("cancel()", () => {
  it("ends the running statement", async () => {
    const connection = await signedIn();
    const done = workbench.execute();
    time = 40;
    workbench.cancel();
    expect(connection.last.signal.aborted).toBe(true);
    await done;
    expect(workbench.run.value).toEqual({ kind: "cancelled", elapsed: 40 });
  });

  it("leaves a finished statement as it is", async () => {
    const connection = await signedIn();
    const done = workbench.execute();
    connection.last.resolve(resultFrom("blue"));
    await done;
    workbench.cancel();
    expect(workbench.run.value).toMatchObject({ kind: "succeeded" });
  });
});

describe("signOut()", () => {
  it("cancels what runs, closes the connection and forgets the result", async () => {
    const connection = await signedIn();
    const done = workbench.execute();
    await workbench.signOut();
    await done;
    expect(connection.last.signal.aborted).toBe(true);
    expect(connection.closed).toBe(1);
    expect(workbench.session.value).toEqual({ kind: "signedOut" });
    expect(workbench.run.value).toEqual({ kind: "idle" });
  });

  it("does not let a late answer of the old connection touch the new one's statement", async () => {
    const old = await signedIn();
    const oldDone = workbench.execute();
    const gone = workbench.signOut();
    await signedIn();
    const done = workbench.execute();
    old.last.resolve(resultFrom("green"));
    await Promise.all([gone, oldDone]);
    expect(workbench.run.value).toMatchObject({ kind: "running" });
    connections.at(-1)?.last.resolve(resultFrom("blue"));
    await done;
    expect(workbench.session.value).toMatchObject({ strategy: "blue" });
  });
});
