import { describe, expect, it, vi } from "vitest";
import { HttpFailure } from "./http-failure.ts";
import { createUnaryFetch } from "./unary-fetch.ts";

const grpcWeb = { "content-type": "application/grpc-web+proto" };
const url = "https://gateway.example.com/a";
const body = Uint8Array.of(0, 0, 0, 0, 3, 7, 8, 9);

function answering(response: Response, maxBytes = 1000) {
  return createUnaryFetch(() => Promise.resolve(response), maxBytes);
}

async function failureOf(response: Response, maxBytes?: number): Promise<HttpFailure> {
  const outcome = await answering(response, maxBytes)(url, {}).catch((error: unknown) => error);
  if (outcome instanceof HttpFailure) {
    return outcome;
  }
  throw new Error("no HttpFailure", { cause: outcome });
}

type Controller = ReadableStreamDefaultController | ReadableByteStreamController;

function streamOf(chunks: readonly Uint8Array<ArrayBuffer>[], end: (controller: Controller) => void, type?: "bytes") {
  const rest = [...chunks];
  const pull = (controller: Controller) => {
    const chunk = rest.shift();
    if (chunk === undefined) {
      end(controller);
    } else {
      controller.enqueue(chunk);
    }
  };
  return type === undefined ? new ReadableStream({ pull }) : new ReadableStream({ pull, type });
}

describe("createUnaryFetch()", () => {
  it("hands on headers and body", async () => {
    const sent = new Response(body, { headers: { ...grpcWeb, "x-e6-new-strategy": "green" } });
    const got = await answering(sent)(url, {});
    expect(got.headers.get("x-e6-new-strategy")).toBe("green");
    expect(got.bytes).toEqual(body);
  });

  it("asks for redirects by hand", async () => {
    const asked: (RequestInit | undefined)[] = [];
    const send = createUnaryFetch((_input, init) => {
      asked.push(init);
      return Promise.resolve(new Response(body, { headers: grpcWeb }));
    }, 1000);
    await send(url, { method: "POST", redirect: "error" });
    expect(asked).toEqual([{ method: "POST", redirect: "manual" }]);
  });

  it("makes one body of chunks of one byte", async () => {
    const chunks = Array.from(body, (byte) => Uint8Array.of(byte));
    const stream = streamOf(chunks, (controller) => controller.close());
    expect((await answering(new Response(stream, { headers: grpcWeb }))(url, {})).bytes).toEqual(body);
  });

  it("leaves the chunks of a stream alone that may be somebody else's", async () => {
    const chunks = Array.from(body, (byte) => Uint8Array.of(byte));
    const stream = streamOf(chunks, (controller) => controller.close());
    await answering(new Response(stream, { headers: grpcWeb }))(url, {});
    expect(chunks.map(([byte]) => byte)).toEqual([...body]);
  });

  it("gives the memory of a byte stream's chunks back, which are nobody else's", async () => {
    const chunks = Array.from(body, (byte) => Uint8Array.of(byte));
    const stream = streamOf(chunks, (controller) => controller.close(), "bytes");
    const freed = vi.spyOn(ArrayBuffer.prototype, "transfer");
    const { bytes } = await answering(new Response(stream, { headers: grpcWeb }))(url, {});
    const times = freed.mock.calls.length;
    freed.mockRestore();
    expect(bytes).toEqual(body);
    expect(times).toBe(body.length);
  });

  it("accepts an answer without a body", async () => {
    const got = await answering(new Response(null, { headers: { ...grpcWeb, "grpc-status": "9" } }))(url, {});
    expect([got.headers.get("grpc-status"), got.bytes.length]).toEqual(["9", 0]);
  });

  it("keeps the cause of a body that failed", async () => {
    const lost = new Error("connection reset");
    const stream = streamOf([body.slice(0, 3)], (controller) => controller.error(lost));
    const failure = await failureOf(new Response(stream, { headers: grpcWeb }));
    expect([failure.kind, failure.cause]).toEqual(["broken-off", lost]);
  });

  it("stops reading at the limit and gives the connection back", async () => {
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => controller.enqueue(new Uint8Array(100)),
        cancel: () => {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const failure = await failureOf(new Response(endless, { headers: grpcWeb }), 250);
    expect([failure.kind, failure.message]).toEqual(["too-large", "the answer is larger than the limit of 250 bytes"]);
    expect(cancelled).toBe(true);
  });

  it("reads an answer of exactly the limit", async () => {
    const got = await answering(new Response(body, { headers: grpcWeb }), body.length)(url, {});
    expect(got.bytes).toEqual(body);
  });

  it.each([301, 404, 456, 503])("reports HTTP status %i with its headers", async (status) => {
    const failure = await failureOf(new Response("page", { status, headers: { "x-e6-reason": "NO_ROUTE" } }));
    expect([failure.kind, failure.status, failure.headers.get("x-e6-reason")]).toEqual(["status", status, "NO_ROUTE"]);
  });

  it.each(["text/html", "application/grpc", "application/grpc-web-text", "application/grpc-web+json"])(
    "does not take %s for gRPC-Web",
    async (type) => {
      expect((await failureOf(new Response(body, { headers: { "content-type": type } }))).kind).toBe("not-grpc-web");
    },
  );

  it("keeps the cause when there is no answer", async () => {
    const refused = new TypeError("fetch failed");
    const send = createUnaryFetch(() => Promise.reject(refused), 1000);
    await expect(send(url, {})).rejects.toMatchObject({ kind: "unreachable", cause: refused });
  });

  it("rejects with the signal's own reason when it was aborted", async () => {
    const reason = new Error("navigated away");
    const send = createUnaryFetch(() => Promise.reject(new TypeError("aborted")), 1000);
    await expect(send(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
