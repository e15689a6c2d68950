import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  resolve: { conditions: ["e6data-source", "module", "browser", "development|production"] },
  build: {
    outDir: fileURLToPath(new URL("../../.cache/page", import.meta.url)),
    emptyOutDir: true,
    // Errors and timers name the functions that they come from.
    minify: false,
    lib: { entry: "storm-page.ts", formats: ["es"], fileName: "page" },
  },
});
