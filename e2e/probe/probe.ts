import { type CallOptions, Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { connect, isE6Error } from "e6data-web";
import {
  headerActiveStrategy,
  headerReason,
  headerRetrySafe,
  headerStrategy,
  headerUpstreamStatus,
} from "e6data-web/headers";
import { QueryEngineService } from "e6data-web/proto";
import { abortReading, readingProgress, type StreamOrder, type StreamProgress, startReading } from "./read-stream.ts";

/** How a bare gRPC-Web call ended. The `x-e6-…` headers are there only if CORS lets the page read them. */
export type CallEnd =
  | { readonly kind: "answered" }
  | {
      readonly kind: "failed";
      /** The name of the gRPC code. */
      readonly code: string;
      readonly reason: string | null;
      readonly retrySafe: string | null;
      readonly upstreamStatus: string | null;
      readonly activeStrategy: string | null;
    };

/** How a query by the client ended. */
export type QueryEnd =
  | { readonly kind: "rows"; readonly rows: readonly (readonly string[])[]; readonly strategy: string }
  | ({ readonly kind: "failed" } & ClientError);

/** An `E6Error`, or what else was thrown, as data. */
export interface ClientError {
  readonly code: string;
  readonly message: string;
  readonly reason?: string | undefined;
  readonly cause?: ClientError | undefined;
}

/** What the page offers to a test. */
export interface ProbeApi {
  /** Signs in on a stack by a bare call of connect-web, without the client. */
  call(url: string, strategy: "blue" | "green"): Promise<CallEnd>;
  /** Runs a query with the client's public API on a connection of its own. */
  query(url: string, sql: string): Promise<QueryEnd>;
  /** Reads a large result in the background. */
  startReading(order: StreamOrder): void;
  readingProgress(): StreamProgress;
  abortReading(): number;
}

declare global {
  /** Set by the probe page's script. */
  var probe: ProbeApi | undefined;
}

globalThis.probe = { call, query, startReading, readingProgress, abortReading };

async function call(url: string, strategy: "blue" | "green"): Promise<CallEnd> {
  const client = createClient(QueryEngineService, createGrpcWebTransport({ baseUrl: url }));
  const options: CallOptions = { headers: { [headerStrategy]: strategy } };
  try {
    await client.authenticate({ user: "ada", password: "a token" }, options);
    return { kind: "answered" };
  } catch (thrown) {
    const { code, metadata } = ConnectError.from(thrown);
    return {
      kind: "failed",
      code: Code[code],
      reason: metadata.get(headerReason),
      retrySafe: metadata.get(headerRetrySafe),
      upstreamStatus: metadata.get(headerUpstreamStatus),
      activeStrategy: metadata.get(headerActiveStrategy),
    };
  }
}

async function query(url: string, sql: string): Promise<QueryEnd> {
  try {
    await using connection = connect({
      url,
      user: "ada",
      token: "a token",
      autoResume: false,
      recoveryTimeoutMs: 1_000,
    });
    const result = await connection.query(sql);
    return { kind: "rows", rows: result.rows().map((row) => row.map(String)), strategy: result.strategy };
  } catch (thrown) {
    return { kind: "failed", ...clientError(thrown) };
  }
}

function clientError(thrown: unknown): ClientError {
  if (!isE6Error(thrown)) return { code: "none of the client's", message: String(thrown) };
  const { code, message, reason, cause } = thrown;
  return { code, message, reason, cause: isE6Error(cause) ? clientError(cause) : undefined };
}
