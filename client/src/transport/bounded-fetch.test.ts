import { describe, expect, it } from "vitest";
import { createBoundedFetch } from "./bounded-fetch.ts";
import { HttpFailure } from "./http-failure.ts";

const grpcWeb = { "content-type": "application/grpc-web+proto" };
/** One empty message and `grpc-status:0`, as PROTOCOL-WEB.md of grpc/grpc lays them out. */
const complete = Uint8Array.of(0, 0, 0, 0, 0, 0x80, 0, 0, 0, 13, ...new TextEncoder().encode("grpc-status:0"));

function answering(response: Response, maxBytes = 1000) {
  return createBoundedFetch(() => Promise.resolve(response), maxBytes);
}

async function failureOf(response: Response, maxBytes?: number): Promise<HttpFailure> {
  const outcome = await answering(response, maxBytes)("https://gateway.example.com/a").catch((error: unknown) => error);
  if (outcome instanceof HttpFailure) {
    return outcome;
  }
  throw new Error("no HttpFailure", { cause: outcome });
}

function streamOf(chunks: readonly Uint8Array[], end: (controller: ReadableStreamDefaultController) => void) {
  const rest = [...chunks];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = rest.shift();
      if (chunk === undefined) {
        end(controller);
      } else {
        controller.enqueue(chunk);
      }
    },
  });
}

describe("createBoundedFetch()", () => {
  it("hands on status, headers and body", async () => {
    const sent = new Response(complete, { headers: { ...grpcWeb, "x-e6-new-strategy": "green" } });
    const got = await answering(sent)("https://gateway.example.com/a");
    expect(got.status).toBe(200);
    expect(got.headers.get("x-e6-new-strategy")).toBe("green");
    expect(await got.bytes()).toEqual(complete);
  });

  it("asks for redirects by hand, whatever the transport wants", async () => {
    const asked: (RequestInit | undefined)[] = [];
    const fetch = createBoundedFetch((_input, init) => {
      asked.push(init);
      return Promise.resolve(new Response(complete, { headers: grpcWeb }));
    }, 1000);
    await fetch("https://gateway.example.com/a", { method: "POST", redirect: "error" });
    expect(asked).toEqual([{ method: "POST", redirect: "manual" }]);
  });

  it("makes one body of chunks of one byte", async () => {
    const chunks = Array.from(complete, (byte) => Uint8Array.of(byte));
    const body = streamOf(chunks, (controller) => controller.close());
    const got = await answering(new Response(body, { headers: grpcWeb }))("https://gateway.example.com/a");
    expect(await got.bytes()).toEqual(complete);
  });

  it("accepts an answer without a body whose status is in the headers", async () => {
    const got = await answering(new Response(null, { headers: { ...grpcWeb, "grpc-status": "9" } }))("https://g/a");
    expect(got.headers.get("grpc-status")).toBe("9");
  });

  it.each([1, 4, 5, 6, 12, complete.length - 1])("finds an answer cut after %i bytes broken off", async (length) => {
    const failure = await failureOf(new Response(complete.slice(0, length), { headers: grpcWeb }));
    expect(failure.kind).toBe("broken-off");
  });

  it("finds an answer broken off whose frame claims 4 GiB, without allocating them", async () => {
    const failure = await failureOf(new Response(Uint8Array.of(0, 255, 255, 255, 255, 1), { headers: grpcWeb }));
    expect(failure.kind).toBe("broken-off");
  });

  it("finds an answer broken off that has neither trailers nor a status", async () => {
    expect((await failureOf(new Response(null, { headers: grpcWeb }))).kind).toBe("broken-off");
  });

  it("keeps the cause of a body that failed", async () => {
    const lost = new Error("connection reset");
    const body = streamOf([complete.slice(0, 3)], (controller) => controller.error(lost));
    const failure = await failureOf(new Response(body, { headers: grpcWeb }));
    expect([failure.kind, failure.cause]).toEqual(["broken-off", lost]);
  });

  it("stops reading at the limit and gives the connection back", async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => controller.enqueue(new Uint8Array(100)),
        cancel: () => {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const failure = await failureOf(new Response(body, { headers: grpcWeb }), 250);
    expect([failure.kind, failure.message]).toEqual(["too-large", "the answer is larger than the limit of 250 bytes"]);
    expect(cancelled).toBe(true);
  });

  it("reads an answer of exactly the limit", async () => {
    const fetch = answering(new Response(complete, { headers: grpcWeb }), complete.length);
    expect((await fetch("https://gateway.example.com/a")).status).toBe(200);
  });

  it.each([301, 404, 456, 503])("reports HTTP status %i with its headers", async (status) => {
    const failure = await failureOf(new Response("page", { status, headers: { "x-e6-reason": "NO_ROUTE" } }));
    expect([failure.kind, failure.status, failure.headers.get("x-e6-reason")]).toEqual(["status", status, "NO_ROUTE"]);
  });

  it.each(["text/html", "application/grpc", "application/grpc-web-text", "application/grpc-web+json"])(
    "does not take %s for gRPC-Web",
    async (type) => {
      expect((await failureOf(new Response(complete, { headers: { "content-type": type } }))).kind).toBe(
        "not-grpc-web",
      );
    },
  );

  it("keeps the cause when there is no answer", async () => {
    const refused = new TypeError("fetch failed");
    const fetch = createBoundedFetch(() => Promise.reject(refused), 1000);
    await expect(fetch("https://gateway.example.com/a")).rejects.toMatchObject({ kind: "unreachable", cause: refused });
  });

  it("rejects with the signal's own reason when it was aborted", async () => {
    const reason = new Error("navigated away");
    const fetch = createBoundedFetch(() => Promise.reject(new TypeError("aborted")), 1000);
    await expect(fetch("https://g/a", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
