import { HttpFailure } from "./http-failure.ts";

type Fetch = typeof globalThis.fetch;

/** Length of what precedes each message of gRPC-Web: one byte of flags, four bytes of length. */
const framePrefixBytes = 5;
/** The flag of the last frame, which holds the trailers. */
const trailerFlag = 0x80;

/**
 * Wraps `fetch` for the gRPC-Web transport. Each call is unary, so its answer is one message, read here as a whole:
 * - nothing is read or allocated beyond `maxBytes`, whatever a length in the answer claims;
 * - the chunks in which a network delivers a body make no difference to its reader;
 * - redirects are not followed, in the one way that every runtime accepts: workerd refuses `redirect: "error"`;
 * - what goes wrong becomes an {@link HttpFailure}; an abort keeps its own reason.
 */
export function createBoundedFetch(fetch: Fetch, maxBytes: number): Fetch {
  return async (input, init) => {
    const response = await send(fetch, input, { ...init, redirect: "manual" });
    if (!response.ok || !isGrpcWeb(response)) {
      throw await refuse(response);
    }
    const bytes = await readBody(response, maxBytes, init?.signal);
    assertComplete(bytes, response.headers);
    return new Response(bytes, { status: response.status, headers: response.headers });
  };
}

async function send(fetch: Fetch, input: Parameters<Fetch>[0], init: RequestInit): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch (error) {
    init.signal?.throwIfAborted();
    throw new HttpFailure("unreachable", "the gateway could not be reached", { cause: error });
  }
}

function isGrpcWeb(response: Response): boolean {
  return /^application\/grpc-web(\+proto)?\s*(;|$)/i.test(response.headers.get("content-type") ?? "");
}

async function refuse(response: Response): Promise<HttpFailure> {
  // Nobody reads this body: the connection goes back at once. A body that cannot even be cancelled changes nothing.
  await response.body?.cancel().catch(() => undefined);
  return response.ok
    ? new HttpFailure("not-grpc-web", "the address answers, but not with gRPC-Web", { response })
    : new HttpFailure("status", `the gateway answered with HTTP status ${response.status}`, { response });
}

async function readBody(
  response: Response,
  maxBytes: number,
  signal: AbortSignal | null | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) {
    return new Uint8Array();
  }
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new HttpFailure("broken-off", "the connection was lost while the answer came in", { cause: error });
    });
    if (done) {
      return concat(chunks, size);
    }
    size += value.byteLength;
    if (size > maxBytes) {
      // The limit is what the caller has to hear about, whatever becomes of the rest of the body.
      await reader.cancel().catch(() => undefined);
      throw new HttpFailure("too-large", `the answer is larger than the limit of ${maxBytes} bytes`);
    }
    chunks.push(value);
  }
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * The transport allocates what a frame claims to hold, so each claim is checked against the bytes that are there. An
 * answer ends with trailers, or has its status in the headers: without either the end was lost on the way.
 */
function assertComplete(bytes: Uint8Array<ArrayBuffer>, headers: Headers): void {
  const view = new DataView(bytes.buffer);
  let offset = 0;
  let ended = headers.has("grpc-status");
  while (offset < bytes.byteLength) {
    const rest = bytes.byteLength - offset - framePrefixBytes;
    if (rest < 0 || view.getUint32(offset + 1) > rest) {
      throw new HttpFailure("broken-off", "the answer ended in the middle of a message");
    }
    ended ||= (view.getUint8(offset) & trailerFlag) !== 0;
    offset += framePrefixBytes + view.getUint32(offset + 1);
  }
  if (!ended) {
    throw new HttpFailure("broken-off", "the answer has no end");
  }
}
