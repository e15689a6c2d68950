import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { DeploymentState } from "./deployment-state.ts";
import { readStateFile, reasonLine, stateText } from "./state-file.ts";

const state: DeploymentState = {
  version: 8,
  stacks: { blue: "standby", green: "active" },
  announced: "blue",
  former: "blue",
  change: { verb: "announce", at: "2026-01-31T12:00:00.000Z", reason: "release 7, at last" },
};

/** As it stands in the guide: what later versions have to be able to read. */
const text = `{
  "format": 1,
  "version": 8,
  "stacks": {
    "blue": "standby",
    "green": "active"
  },
  "announced": "blue",
  "former": "blue",
  "change": {
    "verb": "announce",
    "at": "2026-01-31T12:00:00.000Z",
    "reason": "release 7, at last"
  }
}
`;

let path: string;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "state-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  path = join(folder, "state.json");
});

describe("reasonLine()", () => {
  it.each([
    [undefined, undefined],
    [" \n\t", undefined],
    ["20 % errors,\n  p99 x5", "20 % errors,   p99 x5"],
    ["x".repeat(501), "x".repeat(500)],
    [`${"x".repeat(499)} y`, "x".repeat(499)],
  ])("makes of %j what a state can hold", async (words, line) => {
    expect(reasonLine(words)).toBe(line);
    const change = { ...state.change, reason: reasonLine(words) };
    await writeFile(path, stateText({ ...state, change }));
    expect((await readStateFile(path))?.change.reason).toBe(line);
  });
});

describe("readStateFile()", () => {
  it("reads what stateText() writes, byte for byte the same each time", async () => {
    expect(stateText(state)).toBe(text);
    await writeFile(path, text);
    expect(await readStateFile(path)).toEqual(state);
  });

  it("tells that there is no file from one that cannot be read", async () => {
    expect(await readStateFile(path)).toBeUndefined();
    await expect(readStateFile(join(path, ".."))).rejects.toMatchObject({ code: "DEPLOYMENT_BROKEN" });
  });

  it.each([
    ["no JSON", "{"],
    ["half a file", text.slice(0, 100)],
    ["another form", text.replace('"format": 1', '"format": 2')],
    ["an unknown key", text.replace('"former"', '"foremost"')],
    ["an unknown state", text.replace('"standby"', '"asleep"')],
    ["two active stacks", text.replace('"standby"', '"active"')],
    ["no active stack", text.replace('"active"', '"off"')],
    ["an announced stack that is off", text.replace('"standby"', '"off"')],
    ["no version", text.replace('"version": 8', '"version": 0')],
    ["no time", text.replace("2026-01-31T12:00:00.000Z", "yesterday")],
    ["a reason of several lines", text.replace("release 7, at last", "a\\nb")],
    ["a way back to the active stack", text.replace('"former": "blue"', '"former": "green"')],
  ])("refuses %s, and says how to go on", async (_, broken) => {
    expect(broken).not.toBe(text);
    await writeFile(path, broken);
    await expect(readStateFile(path)).rejects.toMatchObject({
      code: "DEPLOYMENT_BROKEN",
      message: expect.stringMatching(/state\.json: .*; put the newest good file of history\/ in the state's place/s),
    });
  });
});
