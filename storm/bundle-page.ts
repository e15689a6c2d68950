import { fileURLToPath } from "node:url";
import { build } from "vite";

/**
 * A page's script with the client's sources in it, made by Vite as it makes any page's: one ES module, whose errors and timers name
 * the functions that they come from.
 */
export async function bundlePage(entry: URL): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["e6data-source", "module", "browser"] },
    build: {
      write: false,
      minify: false,
      target: "es2024",
      lib: { entry: fileURLToPath(entry), formats: ["es"], fileName: "page" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [chunk] = [output].flat().flatMap((one) => ("output" in one ? one.output : []));
  if (chunk?.type !== "chunk") throw new Error("Vite made no module of the page");
  return chunk.code;
}
