import type { Observation, ObservedQuery, QueryEvent } from "e6data-web";
import { type Attributes, logQueries, measureQueries, type Span, traceQueries } from "e6data-web/telemetry";
import type { BehaviourGroup } from "./behaviour.ts";
import { equal, like, ok, rejects, show } from "./check.ts";

/** A tracer that keeps what it is told. */
function recordSpans() {
  const spans: { name: string; attributes: Attributes; events: string[]; failed: boolean; ended: number }[] = [];
  const startSpan = (name: string, options: { attributes: Attributes }): Span => {
    const span = { name, attributes: { ...options.attributes }, events: [] as string[], failed: false, ended: 0 };
    spans.push(span);
    return {
      spanContext: () => ({ traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", traceFlags: 1 }),
      setAttributes: (attributes) => Object.assign(span.attributes, attributes),
      addEvent: (event) => span.events.push(event),
      setStatus: () => {
        span.failed = true;
      },
      end: () => {
        span.ended += 1;
      },
    };
  };
  return { spans, startSpan };
}

/** A meter that keeps what it is told. */
function recordMetrics() {
  const values = new Map<string, number[]>();
  const instrument = (name: string) => {
    const list: number[] = [];
    values.set(name, list);
    return (value: number) => {
      list.push(value);
    };
  };
  return {
    values,
    createHistogram: (name: string) => ({ record: instrument(name) }),
    createCounter: (name: string) => ({ add: instrument(name) }),
  };
}

const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/** What others may see of queries. */
export const observing: BehaviourGroup = {
  name: "an observed query",
  cases: [
    {
      name: "is seen by observers of the application's own, from its statement to its end",
      async run({ open, url }) {
        const seen: ObservedQuery[] = [];
        const told: string[] = [];
        const observe = (query: ObservedQuery): Observation => {
          seen.push(query);
          return { onEvent: ({ type }: QueryEvent) => told.push(type) };
        };
        await open({ observe: [observe] }).query("select ?", [1]);
        equal(seen, [{ sql: "select ?", catalog: "sample", schema: "tpch", url, strategy: undefined }]);
        equal(told.at(-1), "done");
      },
    },
    {
      name: "is traced, without its text unless that is asked for, and its trace goes along with every call",
      async run({ open, control }) {
        const tracer = recordSpans();
        const connection = open({ observe: [traceQueries(tracer)] });
        await connection.query("select 's3cr3t' from nation");
        await connection.close();
        equal(tracer.spans.length, 1);
        like(tracer.spans[0], { name: "select nation", failed: false, ended: 1 });
        ok(!show(tracer.spans).includes("s3cr3t"), "the text is not in the trace");
        const calls = (await control.calls()).filter(({ query }) => query !== undefined);
        equal([...new Set(calls.map(({ traceParent }) => traceParent))], [trace]);
        const told = recordSpans();
        await open({ observe: [traceQueries(told, { unsafeRecordSqlText: true })] }).query("select 's3cr3t'");
        like(told.spans[0]?.attributes, { "db.query.text": "select 's3cr3t'" });
      },
    },
    {
      name: "is traced as failed where it fails",
      async run({ open }) {
        const tracer = recordSpans();
        await rejects(open({ observe: [traceQueries(tracer)] }).query("select nonsense"), { code: "SQL_ERROR" });
        like(tracer.spans[0], { failed: true, ended: 1, attributes: { "error.type": "SQL_ERROR" } });
      },
    },
    {
      name: "is measured",
      async run({ open }) {
        const meter = recordMetrics();
        await open({ observe: [measureQueries(meter)] }).query("select * from nation");
        const [seconds, ...others] = meter.values.get("db.client.operation.duration") ?? [];
        ok(seconds !== undefined && seconds >= 0 && others.length === 0, "its duration is recorded once");
        equal(meter.values.get("db.client.response.returned_rows"), [25]);
      },
    },
    {
      name: "is logged, by level",
      async run({ open }) {
        const lines: string[] = [];
        const line = (level: string) => (message: string) => lines.push(`${level}: ${message}`);
        const logger = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
        await open({ observe: [logQueries(logger)] }).query("select 's3cr3t'");
        await rejects(open({ observe: [logQueries(logger, { level: "error" })] }).query("select s3cr3t"), {
          code: "SQL_ERROR",
        });
        like(lines, ["info: e6data: query done", "error: e6data: query failed"]);
      },
    },
    {
      name: "carries the trace context of its connection, or its own",
      async run({ open, control }) {
        const own = trace.replace("00f067aa0ba902b7", "00f067aa0ba902b8");
        const connection = open({ traceparent: trace });
        await connection.query("select 1");
        await connection.query("select 2", undefined, { traceparent: own });
        // What somebody else has sent is forwarded here: nonsense must not fail a query.
        await connection.query("select 3", undefined, { traceparent: "nonsense" });
        const prepares = (await control.calls()).filter(({ rpc }) => rpc === "prepareStatementV2");
        equal(
          prepares.map(({ traceParent }) => traceParent),
          [trace, own, trace],
        );
      },
    },
  ],
};
