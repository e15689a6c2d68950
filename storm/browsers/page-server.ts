import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves the page of the storm on a free port of 127.0.0.1. */
export interface PageServer extends AsyncDisposable {
  /**
   * Where the page is. Beside it there are `/empty`, a page without a script; `/sandbox`, which holds the page in a frame of an
   * opaque origin; `/clear-site-data`; and `/gateway`, which passes calls of that frame on.
   */
  readonly url: string;
}

const page = '<!doctype html><title>storm</title><script type="module" src="/page.js"></script>';
const sandbox = '<!doctype html><title>sandbox</title><iframe sandbox="allow-scripts" src="/"></iframe>';

/** Starts to serve it. `gateway` is where calls to `/gateway` go. */
export async function servePage(script: string, gateway: string): Promise<PageServer> {
  const answers: Readonly<Record<string, readonly [contentType: string, text: string]>> = {
    "/": ["text/html", page],
    "/page.js": ["text/javascript", script],
    "/empty": ["text/html", "<!doctype html><title>empty</title>"],
    "/sandbox": ["text/html", sandbox],
  };
  const server = createServer({ keepAliveTimeout: 120_000 }, (incoming, response) => {
    const { pathname } = new URL(incoming.url ?? "/", "http://127.0.0.1");
    // A frame of an opaque origin has to be let in by name, for its scripts too.
    response.setHeader("access-control-allow-origin", "*");
    if (pathname.startsWith("/gateway/"))
      return passOn(incoming, response, gateway + pathname.slice("/gateway".length));
    if (pathname === "/clear-site-data") response.setHeader("clear-site-data", '"storage"');
    const [contentType, text] = answers[pathname] ?? ["text/plain", ""];
    response.setHeader("content-type", contentType);
    response.end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    // It listens on a port, not on a pipe.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The gateway names every origin that it lets in, and an opaque one has no name: whoever wants one passes its calls on. */
function passOn(incoming: IncomingMessage, response: ServerResponse, url: string): void {
  response.setHeader("access-control-allow-headers", "*");
  response.setHeader("access-control-expose-headers", "*");
  if (incoming.method === "OPTIONS") {
    response.end();
    return;
  }
  const { host: _host, origin: _origin, ...headers } = incoming.headers;
  const upstream = request(url, { method: "POST", headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.on("error", () => response.destroy());
  incoming.pipe(upstream);
}
