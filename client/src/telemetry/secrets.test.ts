import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { openConnection, secret } from "../../test/open-connection.ts";
import { createOpenTelemetry } from "../../test/open-telemetry.ts";
import { dataFrame } from "../catalog/data-frame.ts";
import { sql } from "../sql/sql-template.ts";
import { logQueries } from "./log-queries.ts";
import { measureQueries } from "./measure-queries.ts";
import { traceQueries } from "./trace-queries.ts";

/** Stands in every place that must not be told. */
const hidden = "hidden-by-all-means";
const inText = `'${hidden}' /* ${hidden} */`;
const bound = `bound-${hidden}`;

/** A connection whose queries are traced, measured and logged as fully as can be, and all that was recorded. */
function openObserved(options: Parameters<typeof openConnection>[0] = {}, unsafeRecordSqlText = false) {
  const telemetry = createOpenTelemetry();
  const lines: unknown[] = [];
  const write = (...line: unknown[]) => void lines.push(line);
  const observe = [
    traceQueries(telemetry.tracer, { unsafeRecordSqlText }),
    measureQueries(telemetry.meter),
    logQueries({ debug: write, info: write, warn: write, error: write }, { level: "debug" }),
  ];
  const opened = openConnection({ user: `ann-${hidden}`, observe, ...options });
  const recorded = async () => {
    const spans = telemetry.ended().map(({ name, attributes, events, status, links }) => {
      return { name, attributes, events, status, links };
    });
    return JSON.stringify({ spans, lines, instruments: await telemetry.instruments() });
  };
  return { ...opened, ...telemetry, lines, recorded };
}

type Observed = ReturnType<typeof openObserved>;

/** Queries of every form, with what must stay hidden in every place. */
async function runAll({ connection }: Pick<Observed, "connection">) {
  const run = [
    () => connection.query(`select ${inText}, ${hidden.replaceAll("-", "_")} from nation where a = ?`, [bound]),
    () => connection.query(`insert into nation values (${inText}, :a)`, { a: bound }),
    () => connection.query(sql`select ${bound} from ${sql.identifier(`x:${hidden}`)} where b in (${[bound, "c"]})`),
    () => connection.query(`alter user ann set password ${inText}`),
    () => connection.query(`${hidden} from nation`),
    () => connection.query(`select * from "https://a.example/?sig=${hidden}", read_csv('${hidden}')`),
    () => connection.query(dataFrame({ table: hidden }).filter(`a = ${inText}`)),
    () => connection.query(`select ${inText}`, undefined, { signal: AbortSignal.abort(new Error(hidden)) }),
  ];
  for (const query of run) await query().catch(() => undefined);
}

/** What may go wrong, with the secret in all that is said of it. */
const engines: readonly (readonly [string, (opened: Observed) => unknown])[] = [
  ["all goes well", () => undefined],
  [
    "the engine repeats the statement in its error",
    ({ gateway }) => {
      gateway.intercept = (rpc) =>
        rpc === "executeStatement" || rpc === "executeStatementV2"
          ? trailersOnly(Code.Internal, `Parser Error near ${hidden} LINE 1: ${hidden}`, { "x-e6-reason": hidden })
          : undefined;
    },
  ],
  [
    "the sign-in fails",
    ({ gateway }) => {
      gateway.intercept = () => trailersOnly(Code.Unauthenticated, `${hidden} ${secret}`);
    },
  ],
  [
    "the gateway fails",
    ({ gateway }) => {
      gateway.intercept = (rpc) =>
        rpc === "getResultMetadata"
          ? new Response(hidden, { status: 502, headers: { "x-e6-reason": hidden } })
          : undefined;
    },
  ],
  [
    "the network fails",
    ({ gateway }) => {
      gateway.intercept = (rpc) => (rpc === "getNextResultBatch" ? Promise.reject(new TypeError(hidden)) : undefined);
    },
  ],
  [
    "the engine binds no values",
    ({ gateway }) => {
      gateway.overrides.executeStatementV2 = () => {
        throw new ConnectError(hidden, Code.Unimplemented);
      };
    },
  ],
  [
    "the stack changes",
    ({ gateway }) => {
      gateway.intercept = (rpc, stack) => {
        if (rpc !== "executeStatement" || stack === "green") return undefined;
        gateway.active = "green";
        return refusal("green");
      };
    },
  ],
  [
    "the result cannot be read",
    ({ gateway }) => {
      gateway.result = { metadata: new TextEncoder().encode(hidden), batches: [] };
    },
  ],
];

describe("what is traced, measured and logged", () => {
  it.each(engines)("holds no statement, value, credential or session where %s", async (_case, prepare) => {
    const opened = openObserved();
    prepare(opened);
    await runAll(opened);
    await opened.connection.close();
    const text = await opened.recorded();
    expect(opened.ended()).toHaveLength(8);
    expect(opened.lines.length).toBeGreaterThan(8);
    for (const word of [hidden, hidden.replaceAll("-", "_"), secret, "-session-"]) expect(text).not.toContain(word);
  });

  it("holds no bearer token", async () => {
    const opened = openObserved({ user: undefined, token: undefined, accessToken: secret });
    opened.gateway.intercept = (rpc) =>
      rpc === "prepareStatement" ? trailersOnly(Code.Unauthenticated, `Bearer ${secret}`) : undefined;
    await runAll(opened);
    await opened.connection.close();
    const text = await opened.recorded();
    expect(text).toContain('"error.type":"AUTHENTICATION_FAILED"');
    for (const word of [hidden, secret]) expect(text).not.toContain(word);
  });

  it("holds no bound value where the text of statements is asked for", async () => {
    const opened = openObserved({}, true);
    await runAll(opened);
    await opened.connection.close();
    const text = await opened.recorded();
    expect(text).toContain(hidden);
    for (const word of [bound, secret, "-session-"]) expect(text).not.toContain(word);
  });

  it("tells measurements and log lines nothing of the text of statements, even where spans may hold it", async () => {
    const opened = openObserved({}, true);
    await runAll(opened);
    await opened.connection.close();
    const text = JSON.stringify([opened.lines, await opened.instruments()]);
    expect(text).toContain("e6data: query done");
    expect(text).not.toContain(hidden);
  });
});
