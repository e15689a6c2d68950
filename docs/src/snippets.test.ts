import { describe, expect, it } from "vitest";
import { readSnippets, toModules } from "./snippets.ts";

const fence = "```";
const page = (...blocks: string[]) => blocks.map((block) => `Words.\n\n${fence}${block}${fence}\n`).join("\n");

/** The modules of a page, each with its lines. */
const modulesOf = (text: string) =>
  toModules(readSnippets(text), ({ line }) => `/line-${line}.ts`, "http://127.0.0.1:1").map(({ code }) =>
    code.split("\n"),
  );

describe("readSnippets()", () => {
  it("finds code, its line and what it prints", () => {
    const text = page("ts\nconsole.log(1); // → 1\n// → 2 \n", "sh\nls\n", "ts not run: it needs a page\nalert(1);\n");
    expect(readSnippets(text)).toEqual([
      { line: 4, code: "console.log(1); // → 1\n// → 2 \n", notRun: undefined, output: ["1", "2"] },
      { line: 17, code: "alert(1);\n", notRun: "it needs a page", output: [] },
    ]);
  });

  it("refuses a word that says nothing", () => {
    expect(() => readSnippets(page("ts skip\n1;\n"))).toThrow('"skip" is no word for a snippet');
  });
});

describe("toModules()", () => {
  it("hands on what was declared and imported, and what is given", () => {
    const text = page(
      'ts\nimport { connect } from "e6data-web";\nconst [a, { b }] = f();\ninterface C {}\n',
      "ts\nconnect(url, b);\nconst c: C = {};\n",
    );
    const [first = [], second = []] = modulesOf(text);
    expect(first.at(-2)).toBe("export { a, b, type C };");
    expect(second.slice(0, 4)).toEqual([
      expect.stringMatching(/^import { url } from ".*\/given\.ts";$/),
      'import { connect } from "e6data-web";',
      'import { b } from "/line-4.ts";',
      'import type { C } from "/line-4.ts";',
    ]);
  });

  it("hands on neither what ends with its snippet nor what the next one declares itself", () => {
    const [first = [], second = []] = modulesOf(
      page("ts\nawait using a = f();\nconst b = 1;\n", "ts\na; const b = 2;\n"),
    );
    expect(first.at(-2)).toBe("export { b };");
    expect(second[0]).toBe("");
  });

  it("leads a page's gateway to the one that is there", () => {
    const [[, code] = []] = modulesOf(page('ts\nconnect("https://gateway.example.com");\n'));
    expect(code).toBe('connect("http://127.0.0.1:1");');
  });
});
