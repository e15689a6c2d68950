import type { Observer } from "e6data-web";
import { logQueries, traceQueries } from "e6data-web/telemetry";
import type { Collector } from "./collector.ts";

/** The trace and the log of each query: both are told, and the trace's id goes with each call of the query. */
export interface Telemetry {
  readonly observe: readonly Observer[];
  /** Gives the query that is asked for in `ask`, in that very call, this trace id. */
  traced<T>(trace: string, ask: () => T): T;
}

/** Creates the {@link Telemetry} of a tab. */
export function createTelemetry({ text }: Collector): Telemetry {
  let traceId = "";
  let spans = 0;
  const tracer = {
    startSpan(name: string, options: object) {
      const spanId = (++spans).toString(16).padStart(16, "0");
      const context = { traceId, spanId, traceFlags: 1 };
      const said: unknown[] = [name, options];
      return {
        spanContext: () => context,
        setAttributes: (attributes: object) => said.push(attributes),
        addEvent: (event: string, attributes: object) => said.push(event, attributes),
        setStatus: (status: object) => said.push(status),
        end: () => text("span", JSON.stringify(said)),
      };
    },
  };
  const log = (...said: unknown[]) => text("log", JSON.stringify(said));
  return {
    observe: [traceQueries(tracer), logQueries({ debug: log, info: log, warn: log, error: log })],
    traced(trace, ask) {
      traceId = trace;
      return ask();
    },
  };
}
