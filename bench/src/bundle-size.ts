import { gzipSync } from "node:zlib";
import { build } from "vite";

/** What a page imports, and how large that may be. */
export interface SizedImport {
  /** The import, as a page writes it. */
  readonly code: string;
  /** The most bytes, minified and gzipped. */
  readonly budget: number;
}

const kilobyte = 1000;

/** What pages import of the client. Connect, protobuf and the schema are in each that talks to an engine. */
export const sizedImports: readonly SizedImport[] = [
  // 48 KB are wanted for both: see SIZES.md for what stands between. Until then nothing may be added unseen.
  { code: 'import { connect } from "e6data-web"', budget: 57 * kilobyte },
  { code: 'import * as all from "e6data-web"', budget: 60 * kilobyte },
  { code: 'import { readResultBatch, readResultMetadata } from "e6data-web/wire"', budget: 9 * kilobyte },
  { code: 'import * as headers from "e6data-web/headers"', budget: 1 * kilobyte },
];

/** The size of an import as a production build of a page delivers it, in bytes, minified and gzipped. */
export async function measureImport(code: string): Promise<number> {
  const names = /^import (?:\* as )?(?:\{ )?(.*?)(?: \})? from/.exec(code)?.[1];
  if (names === undefined) throw new Error(`not an import: ${code}`);
  const entry = "virtual:sized-import";
  const output = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["e6data-source", "module", "browser", "production"] },
    // What is imported has to be used: on the global object, where no build can tell that nobody looks at it.
    plugins: [
      {
        name: "sized-import",
        resolveId: (id) => (id === entry ? `${import.meta.dirname}/sized-import.js` : undefined),
        load: (id) => (id.endsWith("/sized-import.js") ? `${code}; globalThis.used = [${names}];` : undefined),
      },
    ],
    build: { write: false, target: "es2023", modulePreload: false, rollupOptions: { input: entry } },
  });
  if (!("output" in output)) throw new Error("the build made no single output");
  const chunks = output.output.flatMap((part) => (part.type === "chunk" ? [part.code] : []));
  return chunks.reduce((sum, chunk) => sum + gzipSync(chunk, { level: 9 }).length, 0);
}

/** A table of sizes in Markdown, as `SIZES.md` holds it. */
export async function sizeTable(): Promise<readonly string[]> {
  const rows = [];
  for (const { code, budget } of sizedImports) {
    rows.push(`| \`${code}\` | ${kilobytes(await measureImport(code))} | ${kilobytes(budget)} |`);
  }
  return ["| a page that imports | KB | at most |", "| --- | ---: | ---: |", ...rows];
}

function kilobytes(bytes: number): string {
  return (bytes / kilobyte).toFixed(1);
}
