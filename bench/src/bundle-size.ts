import { gzipSync } from "node:zlib";
import { build } from "vite";

/** What a page imports, and how large that may be. */
export interface SizedImport {
  /** The import, as a page writes it. */
  readonly code: string;
  /** A package of others that it needs, which does not count. */
  readonly without?: string;
  /** The most bytes, minified and gzipped. */
  readonly budget: number;
}

const kilobyte = 1000;

/** What pages import of the client. 48 KB for all that needs no door of its own is the most that was ever wanted. */
export const sizedImports: readonly SizedImport[] = [
  { code: 'import { connect } from "e6data-web"', budget: 44 * kilobyte },
  { code: 'import * as all from "e6data-web"', budget: 48 * kilobyte },
  { code: 'import * as arrow from "e6data-web/arrow"', budget: 5.5 * kilobyte, without: "@uwdata/flechette" },
  { code: 'import * as kysely from "e6data-web/kysely"', budget: 46 * kilobyte, without: "kysely" },
  { code: 'import * as store from "e6data-web/store"', budget: 5 * kilobyte },
  { code: 'import * as telemetry from "e6data-web/telemetry"', budget: 5 * kilobyte },
  { code: 'import * as deployment from "e6data-web/deployment"', budget: 6 * kilobyte },
  { code: 'import * as oauth from "e6data-web/oauth"', budget: 3 * kilobyte },
  { code: 'import { readResultBatch, readResultMetadata } from "e6data-web/wire"', budget: 9 * kilobyte },
  { code: 'import * as headers from "e6data-web/headers"', budget: 1 * kilobyte },
];

/** The size of an import as a production build of a page delivers it, in bytes, minified and gzipped. */
export async function measureImport({ code, without }: Omit<SizedImport, "budget">): Promise<number> {
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
    build: {
      write: false,
      target: "es2023",
      modulePreload: false,
      rollupOptions: { input: entry, external: without ?? [] },
    },
  });
  if (!("output" in output)) throw new Error("the build made no single output");
  const chunks = output.output.flatMap((part) => (part.type === "chunk" ? [part.code] : []));
  return chunks.reduce((sum, chunk) => sum + gzipSync(chunk, { level: 9 }).length, 0);
}

/** A table of sizes in Markdown, as `SIZES.md` holds it. */
export async function sizeTable(): Promise<readonly string[]> {
  const rows = [];
  for (const { budget, ...given } of sizedImports) {
    const { code, without } = given;
    const size = await measureImport(given);
    const note = without === undefined ? "" : `, without ${without}`;
    rows.push(`| \`${code}\`${note} | ${kilobytes(size)} | ${kilobytes(budget)} |`);
  }
  return ["| a page that imports | KB | at most |", "| --- | ---: | ---: |", ...rows];
}

function kilobytes(bytes: number): string {
  return (bytes / kilobyte).toFixed(1);
}
