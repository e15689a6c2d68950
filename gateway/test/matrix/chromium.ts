import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import { build } from "vite";
import type { HttpVersion } from "./cause.ts";
import type { MatrixPage } from "./page-main.ts";

/** A page in Chromium, of an origin that the gateways let in. */
export interface ChromiumPage extends AsyncDisposable {
  readonly page: MatrixPage;
  /** The versions of HTTP, `h1` and `h2`, that were spoken with others than the page's own server. */
  protocols(): ReadonlySet<string>;
}

/** Starts Chromium and opens the page, whose script {@link bundlePage} has made. It speaks HTTP/1.1 alone, or HTTP/2 too where there is TLS; it trusts whoever signs. */
export async function startChromium(version: HttpVersion, script: string): Promise<ChromiumPage> {
  await using parts = new AsyncDisposableStack();
  const url = await servePage(script, parts);
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    // Containers run as root, where Chromium's own sandbox cannot start.
    args: [
      ...["--no-sandbox", "--disable-quic", "--disable-background-networking"],
      ...(version === "h1" ? ["--disable-http2"] : []),
    ],
  });
  parts.defer(() => browser.close());
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const spoken = new Set<string>();
  const devtools = await context.newCDPSession(page);
  devtools.on("Network.responseReceived", ({ response }) => {
    if (!response.url.startsWith(url))
      spoken.add(response.protocol === "http/1.1" ? "h1" : (response.protocol ?? "none"));
  });
  await devtools.send("Network.enable");
  await page.goto(url);
  await page.waitForFunction("globalThis.matrixPage");
  const handle = await page.evaluateHandle(() => {
    if (globalThis.matrixPage === undefined) throw new Error("the page has no script");
    return globalThis.matrixPage;
  });
  const everything = parts.move();
  return {
    page: {
      callWeb: (...given) => handle.evaluate((api, [to, order]) => api.callWeb(to, order), given),
      openClient: (...given) => handle.evaluate((api, [to, headers]) => api.openClient(to, headers), given),
      runClient: (...given) => handle.evaluate((api, [number, order]) => api.runClient(number, order), given),
      closeClient: (number) => handle.evaluate((api, which) => api.closeClient(which), number),
    },
    protocols: () => spoken,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

async function servePage(script: string, parts: AsyncDisposableStack): Promise<string> {
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(
      isScript ? script : '<!doctype html><title>matrix</title><script type="module" src="/page.js"></script>',
    );
  }).listen(0, "127.0.0.1");
  parts.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  // It listens on a port, not on a pipe.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The page's script with the client's sources in it, as Vite makes any page's. */
export async function bundlePage(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["e6data-source", "module", "browser"] },
    build: {
      write: false,
      minify: false,
      target: "es2024",
      lib: { entry: fileURLToPath(new URL("page-main.ts", import.meta.url)), formats: ["es"], fileName: "page" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [chunk] = [output].flat().flatMap((one) => ("output" in one ? one.output : []));
  if (chunk?.type !== "chunk") throw new Error("Vite made no module of the page");
  return chunk.code;
}
