import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bundle } from "./bundle.ts";

/** What a path of the page's server answers. */
export type PageAnswers = Readonly<Record<string, readonly [type: string, body: string | Uint8Array]>>;

/** A server of one page. */
export interface ServedPage {
  readonly url: string;
  close(): void;
}

/** Serves a page that runs one file of this folder, bundled with the client's code as for production, and other bytes that it asks for. */
export async function servePage(file: string, others: PageAnswers = {}): Promise<ServedPage> {
  const answers: PageAnswers = {
    "/": ["text/html", '<!doctype html><title>Bench</title><script type="module" src="/page.js"></script>'],
    "/page.js": ["text/javascript", await bundle(file)],
    ...others,
  };
  const server = createServer((request, response) => {
    const [type, body] = answers[request.url ?? ""] ?? ["text/plain", ""];
    response.setHeader("content-type", type).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
