import { fileURLToPath } from "node:url";
import { build } from "vite";

/** The page's script with the client's sources in it, made by Vite as it makes any page's: one ES module. */
export async function bundlePage(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["e6data-source", "module", "browser"] },
    build: {
      write: false,
      minify: false,
      target: "es2024",
      lib: { entry: fileURLToPath(new URL("page/page-main.ts", import.meta.url)), formats: ["es"], fileName: "page" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [chunk] = [output].flat().flatMap((one) => ("output" in one ? one.output : []));
  if (chunk?.type !== "chunk") throw new Error("Vite made no module of the page");
  return chunk.code;
}
