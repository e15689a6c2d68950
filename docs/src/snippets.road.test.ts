import { readdirSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { formatWithOptions } from "node:util";
import { startGateway } from "@e6data-web/gateway";
import { startMock } from "@e6data-web/mock";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkTypes } from "./check-types.ts";
import { readSnippets, type Snippet, toModules } from "./snippets.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const scratch = `${repository}docs/.cache/snippets`;
const pages = [
  "README.md",
  "client/README.md",
  "docs/coming-from-python.md",
  "docs/zero-downtime.md",
  ...readdirSync(`${repository}docs/guide`)
    .sort()
    .map((name) => `docs/guide/${name}`),
].map((path) => ({ path, snippets: runnableOn(path) }));

/** The snippets of a page, without those for another world, whose types are not here either. */
function runnableOn(path: string): Snippet[] {
  return readSnippets(readFileSync(repository + path, "utf8")).filter(({ notRun }) => notRun === undefined);
}

const fileOf = (path: string, { line }: Snippet) => `${scratch}/${path.replaceAll(/\W/g, "-")}/line-${line}.ts`;

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

beforeAll(async () => {
  const mock = stack.use(await startMock({ scale: 0.001 }));
  const gateway = await startGateway({ blue: mock.blue, green: mock.green, concurrency: 1 });
  stack.defer(() => gateway.close());
  process.env["E6_DOCS_GATEWAY"] = gateway.url;
  process.env["E6_DOCS_TOKEN_URL"] = await startIdentityProvider();
  await rm(scratch, { recursive: true, force: true });
  for (const { path, snippets } of pages) {
    for (const { file, code } of toModules(snippets, (snippet) => fileOf(path, snippet), gateway.url)) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, code);
    }
  }
  const { connection } = await import("./given.ts");
  stack.use(connection);
  await connection.query("select 1");
});

/** Gives everybody a token for an hour. */
async function startIdentityProvider(): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ access_token: "granted", token_type: "bearer", expires_in: 3600 }));
  });
  stack.defer(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // It listens on a port, not on a pipe.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
}

/** The lines that a snippet prints: as Node shows them, each value on one line. */
async function run(file: string): Promise<string[]> {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
    lines.push(...formatWithOptions({ breakLength: Number.POSITIVE_INFINITY, compact: true }, ...values).split("\n"));
  });
  try {
    await import(file);
    return lines;
  } finally {
    log.mockRestore();
  }
}

describe("the snippets of the documents", () => {
  it("hold what their types say", () => {
    const files = pages.flatMap(({ path, snippets }) => snippets.map((snippet) => fileOf(path, snippet)));
    expect(checkTypes(files)).toEqual([]);
  });
});

describe.each(pages)("$path", ({ path, snippets }) => {
  it.each(snippets)("line $line prints what it says", async (snippet) => {
    expect(await run(fileOf(path, snippet))).toEqual(snippet.output);
  });
});
