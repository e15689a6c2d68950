import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Builds a page of the repository by its own Vite configuration: a test never sees the page of yesterday. */
export async function buildPage(folder: "dashboard" | "e2e/probe"): Promise<void> {
  const root = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
  await build({ root, configFile: `${root}/vite.config.ts`, logLevel: "warn" });
}
