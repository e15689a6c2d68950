import { fileURLToPath } from "node:url";
import type { UserConfig } from "vite";
import { runtimeConfig } from "./runtime-config.ts";
import { securityHeaders } from "./security-headers.ts";

/** The folder that Vite builds from: the one with `index.html`. */
export const dashboardRoot = fileURLToPath(new URL("..", import.meta.url));

/** Vite's configuration, the same for `vite build`, the development server and the server of the built page. */
export function viteOptions(gateway: URL): UserConfig {
  return {
    root: dashboardRoot,
    // Unknown paths are 404, not the page again.
    appType: "mpa",
    // Inside the repository the client is its sources: no build of it before this one.
    resolve: { conditions: ["e6data-source", "module", "browser", "development|production"] },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: { outDir: "dist", emptyOutDir: true, sourcemap: true, modulePreload: { polyfill: false } },
    // No other origin has any business with the console.
    server: { cors: false },
    preview: { cors: false, headers: securityHeaders(gateway) },
    plugins: [runtimeConfig(gateway)],
  };
}
