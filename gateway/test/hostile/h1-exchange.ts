import { type Answer, headerValue, type Outcome } from "./answer.ts";
import { exchange, type Target } from "./connection.ts";
import type { Field } from "./hpack-tables.ts";

/** Bytes for an HTTP/1 connection, and whether they are a whole request. */
export interface H1Bytes {
  readonly bytes: Uint8Array;
  /** Not a whole request: our side ends with it. */
  readonly isCutOff: boolean;
  /** How many answers are waited for, unless one says that the connection ends with it. */
  readonly answers: number;
  /** The answer to `HEAD` has no body, whatever its length says. */
  readonly isHead: boolean;
}

/** Sends the bytes and reads the answers to them; of what was cut off, those that come before the connection's end. */
export async function exchangeH1(target: Target, { bytes, isCutOff, answers, isHead }: H1Bytes): Promise<Outcome> {
  let received: Buffer = Buffer.alloc(0);
  const isClosed = await exchange({
    target,
    protocol: "http/1.1",
    bytes,
    isCutOff,
    take(chunk) {
      received = Buffer.concat([received, chunk]);
      return !isCutOff && isAnswered(readAnswers(received, isHead, false), answers);
    },
  });
  return { answers: readAnswers(received, isHead, isClosed), end: isClosed ? "closed" : "" };
}

function isAnswered(answers: readonly Answer[], wanted: number): boolean {
  const isLast = answers.some(({ headers }) => headerValue(headers, "connection") === "close");
  return isLast || answers.length >= wanted;
}

/** The answers that are whole; the last may end with the connection. Throws for what is no HTTP. */
export function readAnswers(received: Buffer, isHead: boolean, isClosed: boolean): readonly Answer[] {
  const answers: Answer[] = [];
  for (let rest = received; rest.length > 0; ) {
    const headEnd = rest.indexOf("\r\n\r\n");
    if (headEnd < 0) break;
    const head = readHead(rest.subarray(0, headEnd).toString("latin1"));
    const body = readBody(head, rest.subarray(headEnd + 4), isHead, isClosed);
    if (body === undefined) break;
    // "100 Continue" and its like come before an answer and are none.
    if (head.status >= 200) answers.push({ ...head, ...body });
    rest = body.rest;
  }
  return answers;
}

type Head = Pick<Answer, "status" | "headers">;
type Body = Pick<Answer, "body" | "trailers"> & { readonly rest: Buffer };

function readHead(text: string): Head {
  const [first = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3}) /.exec(first)?.[1];
  if (status === undefined) throw new Error(`the answer begins with ${JSON.stringify(first)}`);
  return { status: Number(status), headers: lines.map(readField) };
}

function readField(line: string): Field {
  const [, name = "", value = ""] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
  return [name.toLowerCase(), value];
}

/** The body with what follows it; nothing while it is not all there. */
function readBody({ status, headers }: Head, bytes: Buffer, isHead: boolean, isClosed: boolean): Body | undefined {
  if (isHead || status < 200 || status === 204 || status === 304)
    return { body: Buffer.alloc(0), trailers: [], rest: bytes };
  if (headers.some(([name, value]) => name === "transfer-encoding" && value === "chunked")) return readChunks(bytes);
  const length = headers.find(([name]) => name === "content-length")?.[1];
  if (length === undefined) return isClosed ? { body: bytes, trailers: [], rest: Buffer.alloc(0) } : undefined;
  const end = Number(length);
  return bytes.length < end ? undefined : { body: bytes.subarray(0, end), trailers: [], rest: bytes.subarray(end) };
}

function readChunks(bytes: Buffer): Body | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (size === 0) return readTrailers(bytes, lineEnd, Buffer.concat(chunks));
    at = lineEnd + 2 + size + 2;
    if (bytes.length < at) return undefined;
    chunks.push(bytes.subarray(lineEnd + 2, at - 2));
  }
}

function readTrailers(bytes: Buffer, lineEnd: number, body: Buffer): Body | undefined {
  // The line of the last chunk ends as that of a trailer does: without trailers the end is right behind it.
  const end = bytes.indexOf("\r\n\r\n", lineEnd);
  if (end < 0) return undefined;
  const lines = bytes.toString("latin1", lineEnd + 2, Math.max(end, lineEnd + 2)).split("\r\n");
  const trailers = lines.filter((line) => line !== "").map(readField);
  return { body, trailers, rest: bytes.subarray(end + 4) };
}
