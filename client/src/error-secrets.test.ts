import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { chunkBytes, longs } from "../test/chunk-writer.ts";
import { refusal, trailersOnly } from "../test/fake-gateway.ts";
import { longResult } from "../test/long-result.ts";
import { createManualRuntime } from "../test/manual-runtime.ts";
import { openConnection, openConnectionOn } from "../test/open-connection.ts";
import { type E6ErrorCode, errorCodes } from "./error-code.ts";
import { connect, isE6Error, type QueryHandle, queryEvents } from "./index.ts";
import { Pool } from "./pool/pool.ts";

/** Stands in every secret: credentials, sessions, bound values, the statement. */
const secret = "s3cr3t";
const text = `select * from ${secret} where a = ?`;
const params = [`${secret}-value`];
const bearerToken = `${secret}-bearer`;

/** A connection whose every secret bears the mark, and whose answers set a cookie. */
function open(options: object = {}, on: "manual" | "test" = "test") {
  const credentials = { token: `${secret}-token`, impersonate: `${secret}-user`, ...options };
  const opened = on === "manual" ? openConnectionOn(createManualRuntime(), credentials) : openConnection(credentials);
  opened.gateway.overrides.authenticate = () => ({ sessionId: `${secret}-session`, engineIP: "engine" });
  opened.gateway.deliver = (response) => {
    const headers = new Headers(response.headers);
    headers.set("x-proxy", `${secret}-cookie`);
    return new Response(response.body, { status: response.status, headers });
  };
  return opened;
}

type Opened = ReturnType<typeof open>;

/** A connection on which one call is answered otherwise. */
function failing(rpc: string, answer: () => Response | Promise<Response>): Opened {
  const opened = open();
  opened.gateway.intercept = (name) => (name === rpc ? answer() : undefined);
  return opened;
}

const run = ({ connection }: Opened) => connection.query(text, params);
const reason = (name: string) => trailersOnly(Code.Unavailable, "", { "x-e6-reason": name });

const handle: QueryHandle = {
  version: 1,
  queryId: "q",
  engineIP: "engine",
  strategy: "blue",
  readOnly: true,
  rowsDelivered: 0,
  sessionId: `${secret}-session`,
};

/** How to come by an error of each code. */
const failures: Readonly<Record<E6ErrorCode, () => Promise<unknown>>> = {
  INVALID_OPTION: async () =>
    connect({ url: `https://ann:${secret}@gateway.example.com`, user: secret, token: secret } as never),
  INVALID_PARAMETER: () => open().connection.query(text, [{ [secret]: secret }] as never),
  AUTHENTICATION_FAILED: () => {
    const opened = open({ user: undefined, token: undefined, impersonate: undefined, accessToken: bearerToken });
    opened.gateway.intercept = () => trailersOnly(Code.Unauthenticated, "expired");
    return run(opened);
  },
  PERMISSION_DENIED: () => run(failing("prepareStatement", () => trailersOnly(Code.Internal, "Access denied"))),
  // A caller meets it as a cause only.
  SESSION_EXPIRED: async () => {
    const denied = failing("getResultMetadata", () => trailersOnly(Code.Internal, "Access denied"));
    return await run(denied).catch((error: Error) => Promise.reject(error.cause));
  },
  SQL_ERROR: () => run(failing("executeStatementV2", () => trailersOnly(Code.Internal, "Parser Error"))),
  NOT_FOUND: () => run(failing("prepareStatement", () => trailersOnly(Code.NotFound, "no such query"))),
  UNSUPPORTED: () => run(failing("prepareStatement", () => trailersOnly(Code.Unimplemented, "no such call"))),
  CANCELLED: () => open().connection.query(text, params, { signal: AbortSignal.abort(new Error("left")) }),
  DEADLINE_EXCEEDED: () => open().connection.query(text, params, { deadline: new Date(0) }),
  NETWORK: () => run(failing("prepareStatement", () => Promise.reject(new TypeError("Failed to fetch")))),
  GATEWAY: () => run(failing("prepareStatement", () => new Response("<html>", { status: 502 }))),
  RATE_LIMITED: () => run(failing("prepareStatement", () => reason("RATE_LIMITED"))),
  RESOURCE_EXHAUSTED: () => run(failing("prepareStatement", () => reason("REQUEST_TOO_LARGE"))),
  CLUSTER_SUSPENDED: () => {
    const opened = open({ autoResume: false });
    opened.gateway.intercept = () => reason("CLUSTER_SUSPENDED");
    return run(opened);
  },
  RESUME_FAILED: () => {
    const opened = open();
    opened.gateway.cluster = { status: () => ({ status: "failed" }) };
    opened.gateway.intercept = (rpc) => (rpc === "authenticate" ? reason("CLUSTER_SUSPENDED") : undefined);
    return run(opened);
  },
  NO_ACTIVE_STACK: () => {
    const opened = open();
    opened.gateway.intercept = () => refusal("green");
    return run(opened);
  },
  STRATEGY_MISMATCH: () => run(failing("prepareStatement", () => refusal("blue"))),
  RESULT_INTERRUPTED: () => run(failing("getNextResultBatchV2", () => refusal("green"))),
  RESULT_INCOMPLETE: () => {
    const opened = open();
    opened.gateway.result = longResult(1, 100);
    return run(opened);
  },
  MALFORMED_RESULT: () => {
    const opened = open();
    opened.gateway.result = { ...opened.gateway.result, batches: [Uint8Array.of(1, 2, 3)] };
    return run(opened);
  },
  PRECISION_LOSS: async () => {
    const opened = open();
    opened.gateway.result = { ...longResult(0, 1), batches: [chunkBytes([longs(2n ** 60n)])] };
    return (await opened.connection.query(text, params)).rows({ dialect: "plain" });
  },
  SUBMISSION_UNKNOWN: () => {
    const lost = failing("executeStatementV2", () => Promise.reject(new TypeError("Failed to fetch")));
    return lost.connection.query(`insert into ${secret} values (?)`, params);
  },
  STALE_HANDLE: () => failing("status", () => trailersOnly(Code.NotFound, "gone")).connection.attach(handle),
  CLOSED: async () => {
    const opened = open();
    await opened.connection.close();
    return await run(opened);
  },
  POOL_TIMEOUT: async () => {
    const { connection, runtime } = open();
    const pool = new Pool(() => connection, runtime, { max: 1, acquireTimeoutMs: 1 });
    await using _lease = await pool.acquire();
    return await pool.acquire();
  },
  INTERNAL: () => {
    const opened = open();
    opened.gateway.overrides.prepareStatement = () => ({ queryId: "" });
    return run(opened);
  },
};

/** All that `console.log` writes of a value, however deep it lies. */
function printed(value: unknown): string {
  // Node's own; the sources of this package know nothing of Node.
  const { inspect } = Reflect.get(globalThis, "process").getBuiltinModule("node:util");
  return inspect(value, { depth: Number.POSITIVE_INFINITY, maxArrayLength: null, getters: true });
}

/** A value in every form in which it may get into a log. */
function said(value: unknown): string {
  const json = JSON.stringify({ value }, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part));
  const nested = new Error("outer", { cause: new AggregateError([value], "several", { cause: { value } }) });
  return [json, printed(value), printed({ nested: [value] }), printed(nested), String(value)].join("\n");
}

describe("what an error says", () => {
  it.each([...errorCodes])("%s holds no credential, session, bound value or statement", async (code) => {
    const error = await failures[code]().then(
      () => undefined,
      (reasonOfIt: unknown) => reasonOfIt,
    );
    expect(isE6Error(error) && error.code).toBe(code);
    expect(said(error)).toContain(code);
    expect(said(error)).not.toContain(secret);
  });
});

describe("what prints", () => {
  it("of a connection, its queries and what they give holds no secret", async () => {
    const { gateway, connection } = open({}, "manual");
    gateway.batchesInAnswer = 1;
    gateway.result = longResult(2);
    const events = queryEvents();
    const cursor = connection.cursor();
    await cursor.execute(text, params);
    const query = await connection.submit(text, params, { onEvent: events });
    const attached = await connection.attach(query.handle({ includeSessionSecret: true }));
    const parts = {
      connection,
      cursor,
      query,
      attached,
      events,
      handle: query.handle(),
      result: await connection.query(text, params),
      stream: await connection.stream(text, params),
    };
    expect(said(parts)).not.toContain(secret);
    expect(said(query.handle({ includeSessionSecret: true }))).toContain(secret);
    await query.cancel();
    for await (const event of events) expect(said(event)).not.toContain(secret);
    await connection.close();
  });

  it("of the other ways to sign in holds no secret", async () => {
    const { connection } = open({
      user: undefined,
      token: undefined,
      impersonate: undefined,
      accessToken: async () => bearerToken,
    });
    await run({ connection } as Opened);
    expect(said(connection)).not.toContain(secret);
    const pool = new Pool(() => connection, createManualRuntime(), {});
    await using lease = await pool.acquire();
    expect(said([pool, lease])).not.toContain(secret);
  });
});
