import { fileURLToPath } from "node:url";
import { build } from "vite";

/** One ES module of the suite and the client's sources, made by Vite as it makes a page's. */
export async function bundle(entry: "page-main.ts" | "worker-main.ts", conditions: readonly string[]): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["e6data-source", ...conditions] },
    build: {
      write: false,
      minify: false,
      target: "es2024",
      lib: { entry: fileURLToPath(new URL(entry, import.meta.url)), formats: ["es"], fileName: "bundle" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [chunk] = [output].flat().flatMap((one) => ("output" in one ? one.output : []));
  if (chunk?.type !== "chunk") throw new Error(`Vite made no module of ${entry}`);
  return chunk.code;
}
