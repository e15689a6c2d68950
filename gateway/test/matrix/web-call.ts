import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { headerClusterName, responseHeaders } from "e6data-web/headers";
import { QueryEngineService } from "e6data-web/proto";
import type { Order } from "./cause.ts";

/** What connect-web makes of an answer, as data. */
export interface WebAnswer {
  readonly code: keyof typeof Code | "OK";
  readonly message: string;
  /** The headers of the protocol that the caller may read. */
  readonly headers: Readonly<Record<string, string>>;
  readonly rows: number;
  /** SHA-256 of the rows, in hexadecimal digits. */
  readonly rowsHash: string;
}

/** Asks for rows by connect-web's transport of gRPC-Web, in whatever runtime this is. */
export async function callWeb(url: string, order: Order, fetch?: typeof globalThis.fetch): Promise<WebAnswer> {
  const transport = createGrpcWebTransport({
    baseUrl: url,
    interceptors: [asOrdered(url, order)],
    ...(fetch === undefined ? {} : { fetch }),
  });
  try {
    const request = { queryId: "q".repeat(order.messageBytes ?? 0) };
    const { resultBatch } = await createClient(QueryEngineService, transport).getNextResultBatch(request);
    const rowsHash = await hashOf(resultBatch);
    return { code: "OK", message: "", headers: {}, rows: resultBatch.length, rowsHash };
  } catch (thrown) {
    const { code, rawMessage, metadata } = ConnectError.from(thrown);
    return {
      code: nameOf(code),
      message: rawMessage,
      headers: Object.fromEntries(responseHeaders.flatMap((name) => entryOf(metadata, name))),
      rows: 0,
      rowsHash: "",
    };
  }
}

/** What an order asks to be different from other calls. */
export function changeHeaders(headers: Headers, order: Order): void {
  if (order.script !== undefined) {
    headers.set(headerClusterName, order.script);
  }
  for (const [name, value] of Object.entries(order.headers ?? {})) {
    headers.set(name, String(value));
  }
}

function asOrdered(url: string, order: Order): Interceptor {
  return (next) => (request) => {
    changeHeaders(request.header, order);
    return next(order.path === undefined ? request : { ...request, url: url + order.path });
  };
}

function nameOf(code: Code): keyof typeof Code {
  // An enum's number leads back to its name.
  return Code[code] as keyof typeof Code;
}

function entryOf(headers: Headers, name: string): [string, string][] {
  const value = headers.get(name);
  return value === null ? [] : [[name, value]];
}

async function hashOf(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
