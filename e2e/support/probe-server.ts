import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves the probe page; see `probe/probe.ts`. */
export interface ProbeServer {
  /** The page on an origin that the gateway allows. */
  readonly url: string;
  /** The same page on an origin that the gateway does not know. */
  readonly foreignUrl: string;
  close(): Promise<void>;
}

/** Starts to serve the built probe on a free port of 127.0.0.1. */
export async function serveProbe(): Promise<ProbeServer> {
  const script = await readFile(new URL("../.cache/probe/probe.js", import.meta.url));
  const page = '<!doctype html><title>probe</title><script type="module" src="/probe.js"></script>';
  const server = createServer((request, response) => {
    const isScript = request.url === "/probe.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : page);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  // Listening on a port: the address is no path of a pipe.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    foreignUrl: `http://localhost:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
