import { RequestError } from "./request-error.ts";

/** Largest body that is read, in bytes. */
export const maxBodyBytes = 64 * 1024;

/**
 * Reads the statement out of `POST /query` with the JSON body `{ "sql": "…" }`. Throws a {@link RequestError} that says
 * what is accepted.
 */
export async function readQueryRequest(request: Request): Promise<string> {
  if (new URL(request.url).pathname !== "/query") {
    throw new RequestError(404, "there is only POST /query");
  }
  if (request.method !== "POST") {
    throw new RequestError(405, "use POST", { allow: "POST" });
  }
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "")) {
    throw new RequestError(415, "send the content type application/json");
  }
  return readSql(parseJson(await readBody(request)));
}

/** Counts while it reads: a length that the caller states proves nothing. */
async function readBody(request: Request): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBodyBytes) {
      throw new RequestError(413, `the body is larger than ${maxBodyBytes} bytes`);
    }
    text += decode(decoder, chunk);
  }
  return text + decode(decoder);
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new RequestError(400, "the body is not UTF-8");
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(400, "the body is not JSON");
  }
}

function readSql(body: unknown): string {
  const wanted = 'send one JSON object: { "sql": "select …" }';
  if (typeof body !== "object" || body === null || Object.keys(body).join() !== "sql" || !("sql" in body)) {
    throw new RequestError(400, wanted);
  }
  if (typeof body.sql !== "string" || body.sql.trim() === "") {
    throw new RequestError(400, wanted);
  }
  return body.sql;
}
