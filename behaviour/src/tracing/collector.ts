import { once } from "node:events";
import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { readSpans, type Span } from "./read-spans.ts";

/** An OpenTelemetry collector that keeps what it is sent. */
export interface Collector extends AsyncDisposable {
  readonly port: number;
  /** All spans so far, in the order in which they came. */
  readonly spans: readonly Span[];
  /** Resolves when there are spans for which this holds; asks after each batch. */
  until(enough: (spans: readonly Span[]) => boolean): Promise<void>;
}

/** Listens on any free port of 127.0.0.1, for OTLP over HTTP or over gRPC. */
export async function startCollector(protocol: "http" | "grpc"): Promise<Collector> {
  const spans: Span[] = [];
  const watchers = new Set<() => void>();
  const take = (request: Uint8Array) => {
    spans.push(...readSpans(request));
    for (const watcher of watchers) watcher();
  };
  const { server, stop } = protocol === "http" ? overHttp(take) : overGrpc(take);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    // It listens on a port, not on a pipe.
    port: (server.address() as AddressInfo).port,
    spans,
    until(enough) {
      return new Promise((resolve) => {
        const look = () => {
          if (!enough(spans)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      });
    },
    async [Symbol.asyncDispose]() {
      stop();
      server.close();
      await once(server, "close");
    },
  };
}

type Take = (request: Uint8Array) => void;

function overHttp(take: Take) {
  const server = createHttp1Server((request, response) => {
    answer(request, response, take).catch((error: unknown) => response.destroy(error as Error));
  });
  return { server, stop: () => server.closeAllConnections() };
}

async function answer(request: IncomingMessage, response: ServerResponse, take: Take): Promise<void> {
  const body = await bytesOf(request);
  const isExport = request.method === "POST" && request.url === "/v1/traces";
  if (isExport && request.headers["content-type"] === "application/x-protobuf") take(body);
  else response.statusCode = 404;
  response.end();
}

const exportPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
/** A gRPC message is preceded by a flag and its length in four bytes. */
const framePrefix = 5;

function overGrpc(take: Take) {
  const server = createHttp2Server();
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => undefined);
    void bytesOf(stream).then((body) => {
      const isExport = headers[":path"] === exportPath;
      if (isExport) take(body.subarray(framePrefix));
      const status = isExport ? "0" : "12";
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": status }));
      stream.end(new Uint8Array(framePrefix));
    });
  });
  const stop = () => {
    for (const session of sessions) session.destroy();
  };
  return { server, stop };
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
