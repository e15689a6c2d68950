import { E6Error, type E6ErrorCode, errorCodes, isE6Error, isReadOnly } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { type ExpectedError, equal, like, ok, rejects, show } from "./check.ts";
import { manyRows } from "./statements.ts";

const headers = { "content-type": "application/grpc-web+proto" };

/** A fetch in front of the gateway that answers one call itself. */
const answering = (rpc: string, answer: () => Response) => async (input: string | URL | Request, init?: RequestInit) =>
  String(input instanceof Request ? input.url : input).endsWith(`/${rpc}`) ? answer() : await fetch(input, init);

/** A good answer by gRPC-Web: the bytes of its message, then the trailers. */
function answerOf(...message: number[]): Response {
  const trailers = new TextEncoder().encode("grpc-status:0\r\n");
  const bytes = [0, 0, 0, 0, message.length, ...message, 0x80, 0, 0, 0, trailers.length, ...trailers];
  return new Response(new Uint8Array(bytes), { headers });
}

/** What goes wrong, and how it is told. */
export const failing: BehaviourGroup = {
  name: "an error",
  cases: [
    {
      name: "of SQL keeps the engine's words, and says where",
      async run({ open }) {
        const work = open().query("select n_name\nfrom nation\nwhere n_nam = 1");
        const error = await rejects(work, {
          code: "SQL_ERROR",
          retryable: false,
          strategy: "blue",
          position: { line: 3, column: 7 },
        });
        ok(error.message.includes("n_nam"), `"${error.message}" names the column`);
      },
    },
    {
      name: "of SQL is no mismatch and no suspension, whatever its text says",
      async run({ open, control }) {
        const connection = open();
        for (const words of ["status: 456", "Status: 503, cluster is suspended", "Access denied", "UNAVAILABLE"]) {
          await rejects(connection.query("select error(?)", [words]), { code: "SQL_ERROR" });
        }
        equal(
          (await control.rpcs()).filter((rpc) => /authenticate|Cluster|green/.test(rpc)),
          ["blue authenticate"],
        );
      },
    },
    {
      name: "holds no bound value",
      async run({ open }) {
        const error = await rejects(open().query("select ? + 's3cr3t-column'::integer, :x", ["s3cr3t"]), {
          code: "INVALID_PARAMETER",
        });
        ok(!(show(error) + error.message).includes("s3cr3t"), "the error is silent about the value");
      },
    },
    {
      name: "is known by its code, also without its class, and has a form for logs",
      async run() {
        const cause = new Error("the cause");
        const error = new E6Error("NETWORK", "no answer", { cause, retryable: true, hint: "look at the cable" });
        equal([isE6Error(error), isE6Error(cause), isE6Error({ code: "NETWORK" })], [true, false, false]);
        equal(JSON.stringify(error), JSON.stringify(error.toJSON()));
        like(JSON.parse(JSON.stringify(error)), {
          code: "NETWORK",
          message: "no answer",
          retryable: true,
          hint: "look at the cable",
        });
        ok(error instanceof Error && error.cause === cause && error.name === "E6Error", "it is an Error with a cause");
        const code: E6ErrorCode = error.code;
        ok(errorCodes.includes(code) && new Set(errorCodes).size === errorCodes.length, "the codes are a list");
      },
    },
    {
      name: "says of a write whose answer was lost that it may have run, and the write is not repeated",
      async run({ open, control }) {
        const connection = open({ schema: "sales" });
        await connection.query("create or replace table behaviour_once (id integer)");
        try {
          await control.faults(
            { rpc: "executeStatement", form: "drop-answer" },
            { rpc: "executeStatementV2", form: "drop-answer" },
          );
          await rejects(connection.query("insert into behaviour_once values (1)"), {
            code: "SUBMISSION_UNKNOWN",
            retryable: false,
          });
          const executes = (await control.rpcs()).filter((rpc) => rpc.includes("executeStatement"));
          equal(executes.length, 2, "how often a statement was executed");
        } finally {
          await connection
            .query("drop table behaviour_once")
            .catch(() => connection.query("drop table behaviour_once"));
        }
      },
    },
    {
      name: "of an engine that lacks a call says so",
      async run({ open, control }) {
        await control.faults({ rpc: "analyzeQuery", times: 9, form: "unimplemented" });
        await rejects(open().analyzeQuery("select 1"), { code: "UNSUPPORTED" });
      },
    },
    {
      name: "of a query whose answer was lost says whether it may be run again",
      async run({ open, control }) {
        const connection = open({ recoveryTimeoutMs: 0 });
        await control.faults({ rpc: "prepareStatementV2", form: "drop-before" });
        await rejects(connection.query("select 1"), { code: "GATEWAY", reason: "UPSTREAM_RESET" });
        await control.faults({ rpc: "getResultMetadata", form: "reset-answer" });
        await rejects(connection.query("select 2"), { code: "RESULT_INTERRUPTED", retryable: true, rowsDelivered: 0 });
      },
    },
    {
      name: "of a call that is lost is no caller's, where the call only reads",
      leavesQueries: "who loses the answer to a prepare never learns what to give back",
      async run({ open, control }) {
        const connection = open();
        for (const rpc of ["authenticate", "prepareStatementV2", "executeStatement", "getResultMetadata"]) {
          await control.faults({ rpc, form: "reset-answer" });
          like(await connection.query("select 1"), { rowCount: 1 });
        }
        await control.faults({ rpc: "getNextResultBatchV2", form: "reset-answer" });
        like(await connection.query(manyRows), { rowCount: 10_000 });
      },
    },
    {
      name: "has the code that its gRPC status, its HTTP status or the gateway's reason says",
      async run({ open }) {
        const refusal = (status: number, more: Record<string, string> = {}) =>
          new Response(null, { headers: { ...headers, "grpc-status": `${status}`, ...more } });
        const answers: readonly (readonly [() => Response, ExpectedError])[] = [
          [() => refusal(5), { code: "NOT_FOUND" }],
          [() => refusal(7), { code: "PERMISSION_DENIED" }],
          [() => refusal(8), { code: "RESOURCE_EXHAUSTED", retryable: true }],
          [() => refusal(8, { "x-e6-reason": "RATE_LIMITED" }), { code: "RATE_LIMITED", reason: "RATE_LIMITED" }],
          [() => refusal(13), { code: "INTERNAL" }],
          [() => new Response(null, { status: 429 }), { code: "RATE_LIMITED", retryable: true }],
          [() => new Response("<html>", { headers: { "content-type": "text/html" } }), { code: "GATEWAY" }],
        ];
        for (const [answer, expected] of answers) {
          // Some of them are tried again, where there is time for it.
          await rejects(open({ fetch: answering("getTablesV2", answer), recoveryTimeoutMs: 0 }).tables(), expected);
        }
      },
    },
    {
      name: "tells a result that is short of rows from one that cannot be read",
      async run({ open }) {
        // `endOfStream`, and no batch.
        const short = open({ fetch: answering("getNextResultBatchV2", () => answerOf(0x20, 1)) });
        await rejects(short.query("select 1"), { code: "RESULT_INCOMPLETE" });
        // One byte of metadata.
        const broken = open({ fetch: answering("getResultMetadata", () => answerOf(0x0a, 1, 0xff)) });
        await rejects(broken.query("select 1"), { code: "MALFORMED_RESULT" });
      },
    },
    {
      name: "of a session that is denied again right after it was opened is a refusal",
      async run({ open, control }) {
        await control.faults({ rpc: "getTablesV2", times: 9, form: "access-denied" });
        await rejects(open().tables(), { code: "PERMISSION_DENIED", strategy: "blue" });
      },
    },
    {
      name: "is foreseen by the test of what only reads",
      async run() {
        const reads = [
          "select 1",
          "with a as (select 1) select * from a",
          "values (1)",
          "explain analyze select 1",
          "(select 1);",
          "select 'insert'",
          "show tables",
        ];
        const writes = [
          "insert into a values (1)",
          "with a as (select 1) insert into b select * from a",
          "select nextval('s')",
          "explain analyze insert into a values (1)",
          "select 1; drop table a",
          "vacuum",
          "select 'open",
          "",
        ];
        equal(
          reads.filter((text) => !isReadOnly(text)),
          [],
        );
        equal(writes.filter(isReadOnly), []);
      },
    },
  ],
};
