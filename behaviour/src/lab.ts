import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type Mock, startMock } from "@e6data-web/mock";

/** What stands behind the suite: a mock, a gateway, and a server from which both are driven. */
export interface Lab extends AsyncDisposable {
  readonly url: string;
  readonly controlUrl: string;
  /** Origin of the pages that the gateway lets in. */
  readonly origin: string;
  /** Answers requests of this path with a text. */
  serve(path: string, contentType: string, text: string): void;
}

interface Page {
  readonly contentType: string;
  readonly text: string;
}

/** Starts everything on free ports of 127.0.0.1. */
export async function startLab(): Promise<Lab> {
  const pages = new Map<string, Page>();
  const mock = await startMock({
    scale: 0.001,
    parquetFolder: fileURLToPath(new URL("../data", import.meta.url)),
    // Small answers: a result that takes many of them need not be large.
    batchesV2Bytes: 256 * 1024,
  });
  let gateway: Gateway | undefined;
  // A connection that is closed just when it is used again would fail a case for nothing.
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    answer(request, { pages, mock, gateway }).then(
      ({ status = 200, contentType, text }) => send(response, status, contentType, text),
      (error: unknown) => send(response, 500, "text/plain", String(error)),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // It listens on a port, not on a pipe.
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await gateway?.close();
    await mock.close();
  };
  try {
    gateway = await startGateway({ blue: mock.blue, green: mock.green, concurrency: 1, origins: [origin] });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: gateway.url,
    controlUrl: `${origin}/control`,
    origin,
    serve: (path, contentType, text) => pages.set(path, { contentType, text }),
    [Symbol.asyncDispose]: stop,
  };
}

interface Behind {
  readonly pages: ReadonlyMap<string, Page>;
  readonly mock: Mock;
  readonly gateway: Gateway | undefined;
}

/** A page, or what the mock's control interface answers: that lets no page of another origin in, so it is asked from here. */
async function answer(request: IncomingMessage, { pages, mock, gateway }: Behind): Promise<Page & { status?: number }> {
  const { pathname, search } = new URL(request.url ?? "/", "http://127.0.0.1");
  const page = pages.get(pathname);
  if (page !== undefined) return page;
  const [, order] = /^\/control(\/.*)$/.exec(pathname) ?? [];
  if (order === undefined) return { status: 404, contentType: "text/plain", text: "no such page" };
  const body = await readBody(request);
  if (order === "/gateway") {
    await gateway?.apply(JSON.parse(body));
    return { contentType: "application/json", text: "{}" };
  }
  const init = { method: request.method ?? "GET", headers: { "content-type": "application/json" } };
  const response = await fetch(mock.controlUrl + order + search, body === "" ? init : { ...init, body });
  return { status: response.status, contentType: "application/json", text: await response.text() };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" });
  response.end(text);
}
