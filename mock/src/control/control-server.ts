import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { InputError } from "../input-error.ts";
import { listen } from "../listen.ts";
import type { Control } from "./control.ts";
import { routes } from "./routes.ts";

/** The control interface over HTTP, JSON in and out, on loopback. */
export interface ControlServer {
  /** Listens. Rejects if the port cannot be had. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The port, once it listens. */
  readonly port: number;
}

/** The largest body, in bytes. */
const maxBodyBytes = 1024 * 1024;

/** An answer that is an error: its status and what its body says. */
class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Creates the control server on `port`, 0 for any that is free. */
export function createControlServer(control: Control, port: number): ControlServer {
  const server = createServer(
    { requestTimeout: 30_000 },
    (request, response) => void answer(control, request, response),
  );
  let listening = port;
  return {
    async start() {
      listening = await listen(server, port);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    get port() {
      return listening;
    },
  };
}

async function answer(control: Control, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    checkCaller(request);
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const route = routes.get(`${request.method} ${url.pathname}`);
    if (!route) throw noRoute(request.method, url.pathname);
    const body = await readJson(request);
    send(response, 200, await route(control, { body, query: url.searchParams }));
  } catch (reason) {
    const { status, message } = toRefusal(reason);
    send(response, status, { error: message });
  }
}

/** A page of another origin must not drive the mock, nor one whose name was made to point here. */
function checkCaller({ headers, socket }: IncomingMessage): void {
  const own = ["127.0.0.1", "localhost", "[::1]"].map((host) => `${host}:${socket.localPort}`);
  if (!own.includes(headers.host ?? "")) throw new Refusal(403, `Foreign Host header: ask for ${own[0]}`);
  if (headers.origin !== undefined && !own.some((host) => headers.origin === `http://${host}`)) {
    throw new Refusal(403, "Foreign Origin header: the control interface is not for pages of other origins");
  }
}

function noRoute(method: string | undefined, path: string): Refusal {
  const methods = [...routes.keys()].map((key) => key.split(" ")).filter(([, known]) => known === path);
  if (methods.length > 0) return new Refusal(405, `${path} answers ${methods.map(([name]) => name).join(", ")}`);
  return new Refusal(404, `There is no ${method} ${path}; there are ${[...routes.keys()].join(", ")}`);
}

/** The JSON value of a body; `undefined` if there is none. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= maxBodyBytes) chunks.push(chunk);
  }
  if (length === 0) return undefined;
  if (length > maxBodyBytes) throw new Refusal(413, `The body is larger than ${maxBodyBytes} bytes`);
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new Refusal(415, "The body's content type is not application/json");
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Refusal(400, "The body is not JSON");
  }
}

function toRefusal(reason: unknown): { status: number; message: string } {
  if (reason instanceof Refusal) return reason;
  if (reason instanceof InputError) return { status: 400, message: reason.message };
  return { status: 500, message: `The mock failed: ${reason instanceof Error ? reason.message : String(reason)}` };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${JSON.stringify(body)}\n`);
}
