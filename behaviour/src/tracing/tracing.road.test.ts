import { randomBytes } from "node:crypto";
import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type Mock, startMock } from "@e6data-web/mock";
import { connect } from "e6data-web";
import { type Tracer, traceQueries } from "e6data-web/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Collector, startCollector } from "./collector.ts";
import type { Span } from "./read-spans.ts";

let mock: Mock;

beforeAll(async () => {
  mock = await startMock({ scale: 0.001 });
});

afterAll(async () => {
  await mock?.close();
});

interface TracedGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly collector: Collector;
}

/** A gateway that sends its spans to a collector of the test. */
async function startTraced(traces: object, protocol: "http" | "grpc" = "http"): Promise<TracedGateway> {
  const collector = await startCollector(protocol);
  const address = (port: number) => ({ addresses: [{ port }], healthCheck: { kind: "none" } });
  const gateway = await startGateway({
    config: {
      stacks: { blue: address(mock.blue.port), green: address(mock.green.port) },
      listener: { port: 0, origins: [] },
      admin: { port: 0 },
      observability: {
        traces: { collector: { port: collector.port }, protocol, unsafeEngineMessages: true, ...traces },
      },
      // One worker has one batch of spans: it is sent when it is full, whichever calls filled it.
      concurrency: 1,
    },
  });
  return {
    gateway,
    collector,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await collector[Symbol.asyncDispose]();
    },
  };
}

/** A tracer as OpenTelemetry's are, which keeps the contexts of its spans. */
function createTracer(traceFlags: number) {
  const contexts: { readonly traceId: string; readonly spanId: string }[] = [];
  const tracer: Tracer = {
    startSpan() {
      const context = { traceId: randomBytes(16).toString("hex"), spanId: randomBytes(8).toString("hex"), traceFlags };
      contexts.push(context);
      const ignore = () => undefined;
      return { spanContext: () => context, setAttributes: ignore, addEvent: ignore, setStatus: ignore, end: ignore };
    },
  };
  return { tracer, contexts };
}

/** Runs a query whose spans are kept; the context of its span. */
async function runTraced(url: string, sql: string, traceFlags = 1) {
  const { tracer, contexts } = createTracer(traceFlags);
  const connection = connect({ url, user: "ada", token: "a token", observe: [traceQueries(tracer)] });
  await connection.query(sql).finally(() => connection.close());
  const [context] = contexts;
  if (context === undefined) throw new Error("the query had no span");
  return context;
}

/** The mock's calls of a trace. */
const callsOf = (traceId: string) =>
  mock.control.calls().filter(({ traceParent }) => traceParent?.includes(traceId) === true);

const parentOf = (traceParent: string | undefined) => traceParent?.split("-")[2] ?? "";

describe("startGateway({ config: { observability: { traces } } })", () => {
  it.each(["http", "grpc"] as const)("continues a client's trace up to the engine, over %s", async (protocol) => {
    await using traced = await startTraced({ service: "lab-gateway" }, protocol);
    const { gateway, collector } = traced;
    const { traceId, spanId } = await runTraced(gateway.url, "select 1");
    const calls = callsOf(traceId);
    expect(calls.length).toBeGreaterThan(2);
    const isHere = (span: Span) => span.traceId === traceId;
    await collector.until((spans) => spans.filter(isHere).length === calls.length * 2);
    const spans = new Map(collector.spans.filter(isHere).map((span) => [span.spanId, span]));
    for (const call of calls) {
      const attempt = spans.get(parentOf(call.traceParent));
      const served = spans.get(attempt?.parentId ?? "");
      expect(served?.parentId).toBe(spanId);
      expect([attempt?.name, served?.name]).toEqual([
        `/QueryEngineService/${call.rpc}`,
        `/QueryEngineService/${call.rpc}`,
      ]);
      expect(attempt?.attributes).toMatchObject({ "e6data.strategy": "blue", "grpc.status_code": "0" });
      expect(served?.service).toBe("lab-gateway");
    }
  });

  it("tells no address, no query of the path, no token and no SQL", async () => {
    await using traced = await startTraced({ sampling: 100 });
    const { gateway, collector } = traced;
    await runTraced(gateway.url, "select secret from secrets").catch((error: Error) =>
      expect(error.message).toContain("secret"),
    );
    await fetch(`${gateway.url}/QueryEngineService/healthCheck?key=query-secret`, {
      method: "POST",
      headers: { "content-type": "application/grpc-web+proto", authorization: "Bearer token-secret" },
      body: new Uint8Array(5),
    });
    await collector.until((spans) => {
      const of = (rpc: string) => spans.filter(({ name }) => name === `/QueryEngineService/${rpc}`);
      return of("prepareStatement").length === 2 && of("healthCheck").length > 0;
    });
    const told = collector.spans.map(({ attributes: { upstream_address, ...attributes } }) => ({
      ...attributes,
      // Where the caller wanted to go, by the gateway's own address.
      "grpc.authority": undefined,
      // What the configuration had to accept: it stands in the span of the call, not in that of the try.
      "grpc.message": upstream_address === undefined ? "accepted" : attributes["grpc.message"],
    }));
    expect(JSON.stringify(told)).toContain("grpc.status_code");
    expect(JSON.stringify(told)).not.toMatch(/secret|127\.0\.0\.1/);
  });

  it("traces no call that was not asked for where sampling is 0, and none that its caller does not sample", async () => {
    await using traced = await startTraced({ sampling: 0 });
    const { gateway, collector } = traced;
    const quiet = await runTraced(gateway.url, "select 1", 0);
    const connection = connect({ url: gateway.url, user: "ada", token: "a token" });
    await connection.query("select 1");
    await connection.close();
    const { traceId } = await runTraced(gateway.url, "select 1");
    const expected = callsOf(traceId).length * 2;
    await collector.until((spans) => spans.filter((span) => span.traceId === traceId).length === expected);
    expect(new Set(collector.spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    // Its trace goes on all the same: who joins logs by it finds the engine's part.
    expect(callsOf(quiet.traceId).length).toBeGreaterThan(2);
  });

  it("begins traces of its own where callers are not trusted", async () => {
    await using traced = await startTraced({ sampling: 100, trustCallers: false });
    const { gateway, collector } = traced;
    const { traceId, spanId } = await runTraced(gateway.url, "select 1");
    await collector.until((spans) => spans.length > 4);
    const text = JSON.stringify([...collector.spans, ...mock.control.calls().slice(-3)]);
    expect(text).not.toContain(traceId);
    expect(text).not.toContain(spanId);
  });
});
