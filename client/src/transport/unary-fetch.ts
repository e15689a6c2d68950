import { createAnswerBytes } from "./answer-bytes.ts";
import { HttpFailure } from "./http-failure.ts";

type Fetch = typeof globalThis.fetch;

/** The answer to a unary call, read to its end. */
export interface UnaryAnswer {
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/**
 * Makes unary calls of gRPC-Web by `fetch`:
 * - nothing is read or allocated beyond `maxBytes`, whatever a length in the answer claims;
 * - the chunks in which a network delivers a body make no difference to its reader;
 * - redirects are not followed, in the one way that every runtime accepts: workerd refuses `redirect: "error"`;
 * - what goes wrong becomes an {@link HttpFailure}; an abort keeps its own reason.
 */
export function createUnaryFetch(fetch: Fetch, maxBytes: number) {
  return async (url: string, init: RequestInit): Promise<UnaryAnswer> => {
    const response = await send(fetch, url, { ...init, redirect: "manual" });
    if (!response.ok || !isGrpcWeb(response)) {
      throw await refuse(response);
    }
    return { headers: response.headers, bytes: await readBody(response, maxBytes, init.signal) };
  };
}

async function send(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
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
): Promise<Uint8Array> {
  const { body } = response;
  if (body === null) {
    return new Uint8Array();
  }
  const answer = createAnswerBytes(maxBytes, isByteStream(body));
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new HttpFailure("broken-off", "the connection was lost while the answer came in", { cause: error });
    });
    if (done) {
      return answer.toBytes();
    }
    if (answer.size + value.byteLength > maxBytes) {
      // The limit is what the caller has to hear about, whatever becomes of the rest of the body.
      await reader.cancel().catch(() => undefined);
      throw new HttpFailure("too-large", `the answer is larger than the limit of ${maxBytes} bytes`);
    }
    answer.add(value);
  }
}

/** A byte stream takes the memory of what is put into it away from whoever did that; what another stream hands out may be anybody's. */
function isByteStream(body: ReadableStream): boolean {
  try {
    body.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    return false;
  }
}
