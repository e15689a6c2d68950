import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hookEvents } from "../config/hooks.ts";
import { readObject } from "../config/reader.ts";
import { checkNames, readWatch } from "../config/watch.ts";
import { exitCodes } from "../deploy/exit-code.ts";

const page = readFileSync(new URL("../../../docs/operations/watch.md", import.meta.url), "utf8");

/** The words in code of the first column of a table. */
function firstColumn(heading: string): readonly string[] {
  const section = page.split("\n## ").find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| ") && !/^\| (---|check|event|code) /.test(line));
  return rows.flatMap((row) => {
    const cell = row.split("|")[1] ?? "";
    return [...cell.matchAll(/`([^`]+)`|\b(\d+)\b/g)].map(([, code, number]) => code ?? number ?? "");
  });
}

describe("docs/operations/watch.md", () => {
  it("has a row for each check", () => {
    expect(firstColumn("Checks")).toEqual(checkNames);
  });

  it("has a row for each event, those first that a hook can be told of", () => {
    const events = firstColumn("Events");
    expect(events.slice(0, hookEvents.length).toSorted()).toEqual([...hookEvents].toSorted());
    expect(events.slice(hookEvents.length)).toEqual([
      ...["gateway-silent", "gateway-heard", "state-unreadable", "hook-failed"],
    ]);
  });

  it("names exit codes that there are", () => {
    const known = exitCodes.map(({ code }) => String(code));
    expect(firstColumn("Exit codes")).toEqual(["0", "1", "3", "7", "9"]);
    expect(known).toEqual(expect.arrayContaining(["0", "1", "3", "7", "9"]));
  });

  it("shows configurations that are read", () => {
    const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json = ""]) => JSON.parse(json));
    expect(examples).toHaveLength(3);
    for (const { watch } of examples) {
      expect(() => readObject(watch, { path: "watch", folder: "/" }, readWatch)).not.toThrow();
    }
  });
});
