import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Names, namesIn } from "./names-in.ts";

/** A piece of TypeScript on a page. */
export interface Snippet {
  /** The line of the page on which its code begins, from 1. */
  readonly line: number;
  readonly code: string;
  /** Why it is not run, where its page says so: ```` ```ts not run: it needs a page ````. */
  readonly notRun: string | undefined;
  /** What it prints, line by line: the text behind each `// →`. */
  readonly output: readonly string[];
}

/** The TypeScript on a page, in its order. */
export function readSnippets(page: string): Snippet[] {
  return [...page.matchAll(/^```ts\b *(.*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, info = "", code = ""] = match;
    const [, notRun] = /^not run: (.+)$/.exec(info) ?? [];
    if (info !== "" && notRun === undefined) throw new Error(`"${info}" is no word for a snippet: say "not run: why"`);
    const line = page.slice(0, match.index).split("\n").length + 1;
    const output = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text = ""]) => text.trimEnd());
    return { line, code, notRun, output };
  });
}

/** The names that every snippet may use without declaring them. */
const given = fileURLToPath(new URL("./given.ts", import.meta.url));

/** A module that is made of a snippet. */
export interface SnippetModule {
  readonly file: string;
  readonly code: string;
}

/**
 * Makes modules of a page's snippets. Each has what those before it have imported and declared, save what ends with them (`using`), and
 * what `given.ts` exports. Where it writes out the address of a gateway, it meets the one at `url`.
 */
export function toModules(
  snippets: readonly Snippet[],
  fileOf: (snippet: Snippet) => string,
  url: string,
): SnippetModule[] {
  const known = new Map<string, string>();
  const keep = ({ values, types }: Pick<Names, "values" | "types">, file: string) => {
    for (const name of values) known.set(name, `import { ${name} } from ${JSON.stringify(file)};`);
    for (const name of types) known.set(name, `import type { ${name} } from ${JSON.stringify(file)};`);
  };
  keep(namesIn(readFileSync(given, "utf8")), given);
  return snippets.map((snippet) => {
    const file = fileOf(snippet);
    const { used, own, imports, values, types } = namesIn(snippet.code);
    const borrowed = [...known].filter(([name]) => used.has(name) && !own.has(name)).map(([, line]) => line);
    for (const [name, line] of imports) known.set(name, line);
    keep({ values, types }, file);
    const handedOn = `export { ${[...values, ...types.map((name) => `type ${name}`)].join(", ")} };`;
    return { file, code: `${borrowed.join("\n")}\n${atGateway(snippet.code, url)}\n${handedOn}\n` };
  });
}

/** A page names no real gateway. */
function atGateway(code: string, url: string): string {
  return code.replaceAll(/https:\/\/gateway\.example\.com|http:\/\/127\.0\.0\.1:8080/g, url);
}
