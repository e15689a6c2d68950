import { existsSync } from "node:fs";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { createServer, type PreviewServer, preview, type ViteDevServer } from "vite";
import type { ServerOptions } from "./options.ts";
import { dashboardRoot, viteOptions } from "./vite-options.ts";

/** A dashboard that answers. */
export interface RunningDashboard {
  /** The page's address, without a trailing slash. */
  readonly url: string;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

/** Serves the page. Rejects with an `Error` whose message is one line and names the remedy. */
export async function serveDashboard(options: ServerOptions): Promise<RunningDashboard> {
  if (options.built && !existsSync(join(dashboardRoot, "dist", "index.html"))) {
    throw new Error("there is no built page; run `npm run build` first, or leave out --built");
  }
  try {
    return running(options.host, await (options.built ? startPreview(options) : startDevelopment(options)));
  } catch (cause) {
    if (!isTakenPort(cause)) throw cause;
    throw new Error(`port ${options.port} is taken; choose another with --port or E6_DASHBOARD_PORT`, { cause });
  }
}

function startPreview({ host, port, gateway }: ServerOptions): Promise<PreviewServer> {
  const { preview: previewOptions, ...config } = viteOptions(gateway);
  return preview({
    ...config,
    configFile: false,
    logLevel: "warn",
    preview: { ...previewOptions, host, port, strictPort: true },
  });
}

async function startDevelopment({ host, port, gateway }: ServerOptions): Promise<ViteDevServer> {
  const { server: serverOptions, ...config } = viteOptions(gateway);
  const server = await createServer({
    ...config,
    configFile: false,
    logLevel: "warn",
    server: { ...serverOptions, host, port, strictPort: true },
  });
  try {
    return await server.listen();
  } catch (cause) {
    await server.close();
    throw cause;
  }
}

function running(host: string, server: PreviewServer | ViteDevServer): RunningDashboard {
  const address = server.httpServer?.address();
  if (address === null || typeof address !== "object") throw new Error("the server listens on no port");
  const name = isIPv6(host) ? `[${host}]` : host;
  return { url: `http://${name}:${address.port}`, close: () => server.close() };
}

/** Vite tells a taken port by its words alone. */
function isTakenPort(cause: unknown): boolean {
  return cause instanceof Error && /already in use|EADDRINUSE/.test(cause.message);
}
