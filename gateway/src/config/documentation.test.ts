import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { configNamed } from "../../test/golden/configs.ts";
import type { KeyNote } from "./reader.ts";
import { readSettings } from "./settings.ts";

const page = readFileSync(new URL("../../../docs/gateway-configuration.md", import.meta.url), "utf8");

/** The path as the page has it: what is said of one stack, or class of calls, is said of each. */
const pagePath = (path: string) =>
  path.replace(/^stacks\.(blue|green)\b/, "stacks.*").replace(/^rateLimits\.(newWork|continuing)\b/, "rateLimits.*");

/** Every key that the configuration with everything in it has made the program look for, by its path on the page. */
const keys = new Map<string, KeyNote[]>();
readSettings(configNamed("full"), {
  folder: "/etc/gateway",
  onKey(note) {
    const path = pagePath(note.path);
    keys.set(path, [...(keys.get(path) ?? []), note]);
  },
});

const isSection = ([note]: readonly KeyNote[]) => note?.expects === "an object";

/** The rows of the page's tables, by their key. */
const rows = new Map(
  page
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [key = "", ...cells] = line.split(/(?<!\\) ?\| ?/).slice(1, -1);
      return [key.slice(1, -1), cells] as const;
    }),
);

/** What the page says where a list of many words would stand. */
const longest = 120;

describe("docs/gateway-configuration.md", () => {
  it("is about a configuration that says everything", () => {
    const silent = [...keys].filter(([, notes]) => notes.every(({ value }) => value === undefined));
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it("has a row for each key, and for no other", () => {
    const values = [...keys].filter(([, notes]) => !isSection(notes));
    expect([...rows.keys()].toSorted()).toEqual(values.map(([path]) => path).toSorted());
  });

  it.each([...rows])("says of %s what the code says", (path, [, expects = "", byDefault]) => {
    const [note] = keys.get(path) ?? [];
    if (note !== undefined && note.expects.length <= longest) {
      expect(expects).toBe(note.expects);
    } else {
      expect(note?.expects).toContain(expects.replace("…", ""));
    }
    const written = JSON.stringify(note?.byDefault);
    if (note?.isRequired) {
      expect(byDefault).toBe("*required*");
    } else if (written === undefined) {
      expect(byDefault).toBe("*none*");
    } else if (written.length <= longest / 2) {
      expect(byDefault).toBe(`\`${written}\``);
    } else {
      expect(byDefault).toMatch(/^\*all/);
    }
  });

  it("shows the smallest configuration, as it is tested", () => {
    const [, shown = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    expect(JSON.parse(shown)).toEqual(configNamed("minimal"));
  });

  it("says how an error reads", () => {
    const wrong = { ...(configNamed("minimal") as object), listener: { port: 65_536, origins: [] } };
    const [, quoted = ""] = /`gateway\.json: ([\s\S]*?)`/.exec(page) ?? [];
    expect(() => readSettings(wrong, { folder: "/" })).toThrow(quoted.replaceAll(/\s+/g, " "));
  });
});
