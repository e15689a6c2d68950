import { describe, expect, it } from "vitest";
import { readDeployCommand } from "./deploy-command.ts";

const read = (line: string, env: NodeJS.ProcessEnv = { E6_GATEWAY_CONFIG: "gateway.json" }) =>
  readDeployCommand(line === "" ? [] : line.split(" "), env);
const verbOf = (line: string) => {
  const command = read(line);
  return command === "help" ? command : command.verb;
};

describe("readDeployCommand()", () => {
  it.each([
    ["status", { name: "status" }],
    ["publish", { name: "publish" }],
    ["rollback", { name: "rollback" }],
    ["history", { name: "history", count: 20 }],
    ["history --count 3", { name: "history", count: 3 }],
    ["announce GREEN", { name: "announce", stack: "green" }],
    ["promote blue", { name: "promote", stack: "blue", readiness: undefined }],
    [
      "promote blue --ready 99.5%",
      { name: "promote", stack: "blue", readiness: { share: 0.995, window: 60_000, minCalls: 20, deadline: 900_000 } },
    ],
    ["drain blue", { name: "drain", stack: "blue", goal: { quiet: 60_000, deadline: 900_000 } }],
    [
      "drain blue --quiet 5m --within 2h",
      { name: "drain", stack: "blue", goal: { quiet: 300_000, deadline: 7_200_000 } },
    ],
    ["off blue", { name: "off", stack: "blue", isForced: false }],
    ["off blue --force", { name: "off", stack: "blue", isForced: true }],
    ["restore 12", { name: "restore", version: 12 }],
  ])("reads %s", (line, verb) => {
    expect(verbOf(line)).toEqual(verb);
  });

  it("reads what every change takes", () => {
    const command = read("rollback --json --dry-run --reason errors --confirm-within 5s --config other.json");
    expect(command).toMatchObject({
      ...{ config: "other.json", isJson: true, isDryRun: true, reason: "errors", confirmWithin: 5000 },
    });
    expect(read("--help")).toBe("help");
  });

  it.each([
    ["", "a verb is missing: --help lists them"],
    ["promote", "promote needs a stack: blue or green"],
    ["promote yellow", "promote needs a stack: blue or green"],
    ["status now", 'status takes no operand, not "now"'],
    ["announce blue green", 'announce takes no more than one operand, not "green"'],
    ["drain blue --ready 95%", "--ready is for promote, not for drain"],
    ["status --dry-run", "--dry-run is for announce"],
    ["promote green --ready 101%", '--ready is "101%": must be a part such as 95%'],
    ["promote green --ready 0.9", '--ready is "0.9": must be a part such as 95%'],
    ["drain blue --quiet 5", '--quiet is "5": must be a duration from 0ms to 24h'],
    ["history --count 0", '--count is "0": must be a whole number'],
    ["restore", "restore is undefined: must be a whole number"],
    ["rollback --reason \u0007", '--reason is "\\u0007": must be a text of one line'],
    ["rollback --nope", "Unknown option '--nope'; --help lists the options"],
  ])("refuses %j", (line, problem) => {
    expect(() => read(line)).toThrow(problem);
  });

  it("asks for the configuration", () => {
    expect(() => read("status", {})).toThrow("--config is missing: name the configuration file");
  });
});
