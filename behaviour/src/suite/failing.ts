import { E6Error, type E6ErrorCode, errorCodes, isE6Error, isReadOnly } from "e6data-web";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects, show } from "./check.ts";

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
        const connection = open();
        await control.faults({ rpc: "prepareStatementV2", form: "drop-before" });
        await rejects(connection.query("select 1"), { code: "GATEWAY", reason: "UPSTREAM_RESET" });
        await control.faults({ rpc: "getResultMetadata", form: "reset-answer" });
        await rejects(connection.query("select 2"), { code: "RESULT_INTERRUPTED", retryable: true, rowsDelivered: 0 });
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
