import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bundlePage } from "../bundle-page.ts";

/** The page of the tabs, on an origin of its own. */
export interface PageServer extends AsyncDisposable {
  readonly url: string;
}

/** Builds the page from the sources and serves it on a free port of 127.0.0.1. */
export async function servePage(): Promise<PageServer> {
  const script = await bundlePage(new URL("page/storm-page.ts", import.meta.url));
  const page =
    '<!doctype html><title>storm</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : page);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  // Listening on a port: the address is no path of a pipe.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
