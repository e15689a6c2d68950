import type { IncomingHttpHeaders } from "node:http2";
import {
  type ContextValues,
  createConnectRouter,
  createContextValues,
  createHandlerContext,
  type HandlerContext,
} from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { parseTimeout } from "@connectrpc/connect/protocol-grpc";
import { ClusterService, QueryEngineService } from "e6data-web/proto";
import type { OpenCall } from "../calls.ts";
import type { Answer } from "./answer.ts";
import { createCatalogCalls } from "./catalog-calls.ts";
import { createCatalogChangeCalls } from "./catalog-change-calls.ts";
import { createClusterCalls } from "./cluster-calls.ts";
import { errorInterceptor } from "./connect-error.ts";
import { createFrameCalls, createFrameStepCalls } from "./frame-calls.ts";
import { createEndingCalls, createInsightCalls, createQueryCalls } from "./query-calls.ts";
import { requestHeaders } from "./request.ts";
import type { Rpc } from "./rpcs.ts";
import { createSessionCalls } from "./session-calls.ts";
import { openCallKey, type StackContext } from "./stack-context.ts";

/** A request whose body is here. */
export interface WholeRequest {
  readonly rpc: Rpc;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal;
  readonly call: OpenCall;
}

/** The longest time-out that a caller may give: as long as Node's timers reach. */
const maxTimeoutMs = 2 ** 31 - 1;

/** Answers the RPCs of a stack by the gRPC library; those that are not implemented answer UNIMPLEMENTED. */
export function createEngineRpcs(stack: StackContext): (request: WholeRequest) => Promise<Answer> {
  const router = createConnectRouter({
    grpc: true,
    grpcWeb: false,
    connect: false,
    acceptCompression: [],
    readMaxBytes: stack.settings.maxRequestBytes,
    maxTimeoutMs,
    interceptors: [errorInterceptor],
  });
  router.service(QueryEngineService, {
    ...createSessionCalls(stack),
    ...createQueryCalls(stack),
    ...createInsightCalls(stack),
    ...createEndingCalls(stack),
    ...createCatalogCalls(stack),
    ...createCatalogChangeCalls(stack),
    ...createFrameCalls(stack),
    ...createFrameStepCalls(stack),
  });
  router.service(ClusterService, createClusterCalls(stack));
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return async (request) => {
    const path = methodPath(request.rpc);
    const handler = handlers.get(path);
    if (!handler) throw new Error(`The router does not know ${path}`);
    return readAnswer(await handler(universalRequest(handler, request)));
  };
}

/** The context of a call that is answered without the gRPC library. Abort it when the call is over. */
export function createFetchContext(request: WholeRequest): HandlerContext & { abort(): void } {
  const headers = requestHeaders(request.headers);
  const timeout = parseTimeout(headers.get("grpc-timeout"), maxTimeoutMs);
  if (timeout.error) throw timeout.error;
  return createHandlerContext({
    service: request.rpc.method.parent,
    method: request.rpc.method,
    protocolName: "grpc",
    requestMethod: "POST",
    url: methodPath(request.rpc),
    requestSignal: request.signal,
    requestHeader: headers,
    contextValues: contextValues(request),
    ...(timeout.timeoutMs === undefined ? {} : { timeoutMs: timeout.timeoutMs }),
  });
}

function universalRequest(handler: UniversalHandler, request: WholeRequest) {
  return {
    httpVersion: "2.0",
    method: String(request.headers[":method"]),
    url: `http://localhost${handler.requestPath}`,
    header: requestHeaders(request.headers),
    body: once(request.body),
    signal: request.signal,
    contextValues: contextValues(request),
  };
}

function contextValues({ call }: WholeRequest): ContextValues {
  return createContextValues().set(openCallKey, call);
}

const methodPath = ({ method }: Rpc): string => `/${method.parent.typeName}/${method.name}`;

async function* once(body: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(body);
}

async function readAnswer({ status, header, body, trailer }: UniversalServerResponse): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) if (chunk.length > 0) chunks.push(chunk);
  const headers = { ":status": status, ...Object.fromEntries(header ?? []) };
  // The body has to be read first: only then the trailers are complete.
  return trailer ? { headers, chunks, trailers: Object.fromEntries(trailer) } : { headers, chunks };
}
