import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openConnection } from "../../test/open-connection.ts";
import { createOpenTelemetry, only } from "../../test/open-telemetry.ts";
import type { Observer } from "../query/observer.ts";
import { logQueries } from "./log-queries.ts";
import { measureQueries } from "./measure-queries.ts";
import { type Span, traceQueries } from "./trace-queries.ts";

const broken = new Error("broken");
const fail = () => {
  throw broken;
};

let reported: unknown[];

beforeEach(() => {
  reported = [];
  vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
});
afterEach(() => vi.unstubAllGlobals());

/** Runs a query under a broken observer; the span of another one that works. */
async function runUnder(observer: Observer) {
  const telemetry = createOpenTelemetry();
  const { connection } = openConnection({ observe: [observer, traceQueries(telemetry.tracer)] });
  expect((await connection.query("select 1")).rowCount).toBe(3);
  await connection.close();
  expect(new Set(reported)).toEqual(new Set([broken]));
  expect(only(telemetry.ended()).attributes["e6data.outcome"]).toBe("done");
}

/** A span with one method that fails, and how often it was ended. */
function createSpan(failing?: keyof Span) {
  const end = vi.fn();
  const span = {
    spanContext: () => ({ traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 }),
    setAttributes: () => undefined,
    addEvent: () => undefined,
    setStatus: () => undefined,
    end,
  };
  return { end, span: { ...span, ...(failing && { [failing]: fail }) } };
}

describe("a tracer that fails", () => {
  it("does not touch the query: startSpan", async () => {
    await runUnder(traceQueries({ startSpan: fail }));
  });

  it.each(["spanContext", "addEvent", "setAttributes"] as const)(
    "does not touch the query, and its span ends all the same: %s",
    async (failing) => {
      const { end, span } = createSpan(failing);
      await runUnder(traceQueries({ startSpan: () => span }));
      expect(end).toHaveBeenCalledTimes(1);
    },
  );

  it("does not touch the query: end", async () => {
    await runUnder(traceQueries({ startSpan: () => createSpan("end").span }));
  });

  it("does not touch a query that fails, and its span ends all the same: setStatus", async () => {
    const { end, span } = createSpan("setStatus");
    const { gateway, connection } = openConnection({ observe: [traceQueries({ startSpan: () => span })] });
    gateway.overrides.authenticate = () => ({ sessionId: "" });
    await expect(connection.query("select 1")).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
    await connection.close();
    expect(end).toHaveBeenCalledTimes(1);
    expect(reported).toEqual([broken]);
  });
});

describe("a meter that fails", () => {
  it("does not touch the query", async () => {
    await runUnder(measureQueries({ createHistogram: () => ({ record: fail }), createCounter: () => ({ add: fail }) }));
  });
});

describe("a logger that fails", () => {
  it("does not touch the query", async () => {
    await runUnder(logQueries({ debug: fail, info: fail }, { level: "debug" }));
  });
});
