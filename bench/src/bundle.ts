import { build } from "vite";

/** A file of this folder as one module, with all that it imports but Node's own, as production builds make it. */
export async function bundle(file: string): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["e6data-source", "module", "browser", "production"] },
    build: {
      write: false,
      target: "es2024",
      modulePreload: false,
      rollupOptions: { input: `${import.meta.dirname}/${file}`, external: /^node:/ },
    },
  });
  if (!("output" in output)) throw new Error("the build made no single output");
  return output.output.flatMap((part) => (part.type === "chunk" ? [part.code] : [])).join("\n");
}
