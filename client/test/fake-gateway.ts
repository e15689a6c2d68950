import { type DescMessage, type DescMethod, fromBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createConnectRouter, type ServiceImpl } from "@connectrpc/connect";
import { createFetchHandler } from "@connectrpc/connect/protocol";
import { callClass } from "../src/call-class.ts";
import { ClusterService } from "../src/gen/cluster_pb.ts";
import { QueryEngineService } from "../src/gen/e6x_engine_pb.ts";
import { type Strategy, strategies } from "../src/headers.ts";

/** One call as it reached a stack. */
export interface FakeCall {
  readonly stack: Strategy;
  readonly rpc: string;
  readonly plannerIp: string | null;
  readonly cluster: string | null;
  readonly authorization: string | null;
  readonly traceparent: string | null;
  readonly sessionId: string | undefined;
  readonly queryId: string | undefined;
  /** The time that the call was given, as its header says it. */
  readonly timeout: string | null;
  readonly message: object;
  /** The request as it came. */
  readonly request: object;
}

/** The bytes of a result. */
export interface FakeResult {
  readonly metadata: Uint8Array;
  readonly batches: readonly Uint8Array[];
}

/** Answers in place of the stack; nothing lets the call through. */
export type Intercept = (
  rpc: string,
  stack: Strategy,
  request: Request,
) => Response | Promise<Response | undefined> | undefined;

/**
 * A gateway with two stacks behind it, reached through `fetch` alone: the bytes between are those of gRPC-Web. A stack
 * that is not `active` answers 456 to new work.
 */
export class FakeGateway {
  active: Strategy = "blue";
  /** A stack that takes new work beside the active one. */
  standby: Strategy | undefined;
  /** The stack that the gateway names on every answer of the other one; nothing: on none. */
  target: Strategy | undefined;
  result: FakeResult = { metadata: new Uint8Array(), batches: [] };
  intercept: Intercept = () => undefined;
  /** Shapes a response on its way back. */
  deliver: (response: Response) => Response = (response) => response;
  /** Replaces single methods of both stacks. */
  overrides: Partial<ServiceImpl<typeof QueryEngineService>> = {};
  /** The cluster service, the same on both stacks. */
  cluster: Partial<ServiceImpl<typeof ClusterService>> = {};
  /** Batches in an answer of `getNextResultBatchV2`; 0: the stacks do not know that call. */
  batchesInAnswer = 0;
  readonly calls: FakeCall[] = [];
  /** Ids of the queries that were prepared and not yet cleared, on both stacks. */
  readonly openQueries = new Set<string>();
  /** The calls that a stack refused because it is not active: `blue authenticate`. */
  readonly refused: string[] = [];
  /** Calls that have not been answered yet. */
  inFlight = 0;
  readonly #stacks = new Map(strategies.map((stack) => [stack, new FakeStack(stack, this)]));

  /** Names of the RPCs that a stack got, in their order. */
  rpcsOf(stack: Strategy): string[] {
    return this.calls.filter((call) => call.stack === stack).map((call) => call.rpc);
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const rpc = new URL(request.url).pathname.split("/").at(-1) ?? "";
    const stack = strategies.find((name) => name === request.headers.get("strategy")) ?? this.active;
    const aborted = new Promise<never>((_resolve, reject) => {
      request.signal.addEventListener("abort", () => reject(request.signal.reason));
    });
    const answer = Promise.resolve(this.intercept(rpc, stack, request)).then((intercepted) => {
      if (intercepted !== undefined) {
        return intercepted;
      }
      const method = QueryEngineService.methods.find(({ name }) => name === rpc);
      const takesWork = stack === this.active || stack === this.standby;
      const refuses = method !== undefined && callClass(method) === "new" && !takesWork;
      if (refuses) this.refused.push(`${stack} ${rpc}`);
      return refuses ? refusal(this.active) : this.#stackOf(stack).answer(request);
    });
    this.inFlight++;
    try {
      const response = await Promise.race([answer, aborted]);
      if (this.target !== undefined && this.target !== stack) response.headers.set("x-e6-new-strategy", this.target);
      return this.deliver(response);
    } finally {
      this.inFlight--;
    }
  };

  #stackOf(name: Strategy): FakeStack {
    const stack = this.#stacks.get(name);
    if (stack === undefined) {
      throw new Error(`no stack ${name}`);
    }
    return stack;
  }
}

/** What the gateway makes of a bare 456: HTTP 200, no body, everything in the headers. */
export function refusal(active: Strategy): Response {
  return trailersOnly(Code.FailedPrecondition, "the stack asked for is not the active one", {
    "x-e6-reason": "STRATEGY_MISMATCH",
    "x-e6-active-strategy": active,
  });
}

/** A trailers-only answer: a gRPC status in the headers of an HTTP 200 without a body. */
export function trailersOnly(code: Code, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, {
    headers: {
      "content-type": "application/grpc-web+proto",
      "grpc-status": String(code),
      "grpc-message": encodeURIComponent(message),
      ...headers,
    },
  });
}

class FakeStack {
  readonly #name: Strategy;
  readonly #gateway: FakeGateway;
  readonly #cursors = new Map<string, number>();
  readonly #cleared = new Set<string>();
  #ids = 0;

  constructor(name: Strategy, gateway: FakeGateway) {
    this.#name = name;
    this.#gateway = gateway;
  }

  async answer(request: Request): Promise<Response> {
    const router = createConnectRouter({ connect: false, grpc: false })
      .service(QueryEngineService, { ...this.#methods(), ...this.#gateway.overrides })
      .service(ClusterService, this.#gateway.cluster);
    const handler = router.handlers.find(({ requestPath }) => request.url.endsWith(requestPath));
    if (handler === undefined) {
      return new Response(null, { status: 404 });
    }
    await this.#record(handler.method, request);
    return await createFetchHandler(handler)(request);
  }

  async #record({ name: rpc, input }: DescMethod, request: Request): Promise<void> {
    const frame = new Uint8Array(await request.clone().arrayBuffer());
    const message = fromBinary<DescMessage>(input, frame.subarray(5));
    const { headers } = request;
    this.#gateway.calls.push({
      stack: this.#name,
      rpc,
      plannerIp: headers.get("plannerip"),
      cluster: headers.get("cluster-name"),
      authorization: headers.get("authorization"),
      traceparent: headers.get("traceparent"),
      sessionId: textOf(message, "sessionId"),
      queryId: textOf(message, "queryId"),
      timeout: headers.get("grpc-timeout"),
      message,
      request: message,
    });
  }

  #methods(): Partial<ServiceImpl<typeof QueryEngineService>> {
    const prepare = () => {
      const queryId = `${this.#name}-query-${++this.#ids}`;
      this.#cursors.set(queryId, 0);
      this.#gateway.openQueries.add(queryId);
      return { queryId, engineIP: `${this.#name}-engine` };
    };
    return {
      authenticate: ({ password }) => ({
        sessionId: password === "wrong" ? "" : `${this.#name}-session-${++this.#ids}`,
      }),
      healthCheck: () => ({}),
      prepareStatement: prepare,
      prepareStatementV2: prepare,
      executeStatement: () => ({}),
      executeStatementV2: () => ({}),
      getResultMetadata: () => ({ resultMetaData: this.#gateway.result.metadata }),
      getNextResultBatch: ({ queryId }) => ({ resultBatch: this.#nextBatch(queryId) }),
      getNextResultBatchV2: ({ queryId }) => this.#nextBatches(queryId),
      status: ({ queryId }) => {
        if (this.#cleared.has(queryId)) throw new ConnectError(`no query ${queryId}`, Code.NotFound);
        return { status: true, rowCount: 3n };
      },
      clear: ({ queryId }) => {
        this.#gateway.openQueries.delete(queryId);
        this.#cleared.add(queryId);
        return {};
      },
      cancelQuery: () => ({}),
    };
  }

  #nextBatches(queryId: string): { resultBatches: Uint8Array[]; endOfStream: boolean } {
    const { batchesInAnswer } = this.#gateway;
    if (batchesInAnswer === 0) {
      throw new ConnectError("getNextResultBatchV2 is not implemented", Code.Unimplemented);
    }
    const taken = Array.from({ length: batchesInAnswer }, () => this.#nextBatch(queryId));
    const resultBatches = taken.filter(({ length }) => length > 0);
    return { resultBatches, endOfStream: resultBatches.length < batchesInAnswer };
  }

  #nextBatch(queryId: string): Uint8Array {
    const cursor = this.#cursors.get(queryId);
    if (cursor === undefined) {
      throw new ConnectError(`no query ${queryId}`, Code.NotFound);
    }
    this.#cursors.set(queryId, cursor + 1);
    return this.#gateway.result.batches[cursor] ?? new Uint8Array();
  }
}

function textOf(message: object, name: string): string | undefined {
  const value: unknown = Reflect.get(message, name);
  return typeof value === "string" ? value : undefined;
}
