import type { Benchmark } from "./benchmark.ts";
import { sizeTable } from "./bundle-size.ts";

/** What the client adds to a page: the table of `SIZES.md`. */
export const sizeBenchmark: Benchmark = {
  name: "size",
  about: "what an import adds to a page, minified and gzipped",
  run: sizeTable,
};
