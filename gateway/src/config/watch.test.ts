import { describe, expect, it } from "vitest";
import { readObject } from "./reader.ts";
import { checkNames, readWatch } from "./watch.ts";

const read = (config: object) => readObject(config, { path: "watch", folder: "/etc/e6" }, readWatch);

const command = { name: "pager", command: ["./page", "very-secret"] };
const webhook = { name: "chat", url: "https://chat.example.com/very-secret", secretFile: "hook.key" };

describe("readWatch()", () => {
  it("has a default for everything", () => {
    expect(read({})).toEqual({
      interval: 5000,
      window: 30_000,
      longestWindow: 300_000,
      deadline: 1_800_000,
      minRequests: 50,
      failures: { count: 2, of: 3 },
      passes: 5,
      margin: 0.2,
      checks: checkNames,
      errorStatuses: ["UNKNOWN", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"],
      rates: {
        errorRate: { max: 0.05, overBaseline: 0.05 },
        mismatchRate: { max: 0.05, overBaseline: 0.05 },
        abandonedRate: { max: 0.5, overBaseline: 0.05 },
      },
      latency: {
        p50: { times: 3, atLeast: 50, max: undefined },
        p99: { times: 3, atLeast: 250, max: undefined },
      },
      gate: undefined,
      hooks: [],
    });
  });

  it("reads the program that stands before a promotion, and does not repeat it", () => {
    expect(read({ gate: { command: ["./smoke", "green"] } }).gate).toEqual({
      command: ["./smoke", "green"],
      folder: "/etc/e6",
      timeout: 120_000,
    });
    const wrong = () => read({ gate: { command: ["very-secret", 7] } });
    expect(wrong).toThrow("watch.gate.command");
    expect(wrong).not.toThrow("very-secret");
  });

  it.each<[object, string]>([
    [{ window: "3s" }, 'watch.window is "3s": set it to 5000ms or more, which is interval'],
    [{ interval: "1m" }, "watch.window is missing: set it to 60000ms or more, which is interval"],
    [{ window: "1h" }, "watch.longestWindow is missing: set it to 3600000ms or more, which is window"],
    [{ longestWindow: "1h" }, "watch.deadline is missing: set it to 3600000ms or more, which is longestWindow"],
    [{ failures: { count: 4 } }, "watch.failures is an object: set its of to 4 or more"],
    [{ p99: { max: "100ms" } }, 'watch.p99.max is "100ms": must not be less than atLeast'],
    [{ passes: 61 }, "watch.deadline is missing: set it to 1830000ms or more: 61 windows have to pass within it"],
    [{ checks: [] }, "watch.checks is a list of 0: must be a list of 1 to 7"],
    [{ checks: ["p75.new"] }, 'watch.checks[0] is "p75.new": must be "errorRate" or'],
    [{ errorRate: { max: 5 } }, "watch.errorRate.max is 5: must be a number from 0 to 1"],
    [{ errorStatuses: ["BAD"] }, 'watch.errorStatuses[0] is "BAD": must be "OK" or'],
  ])("refuses %j", (config, message) => {
    expect(() => read(config)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(message) }),
    );
  });
});

describe("readHooks()", () => {
  it("reads commands and webhooks", () => {
    expect(read({ hooks: [command, { ...webhook, on: ["failed"], timeout: "2s", attempts: 1 }] }).hooks).toEqual([
      {
        name: "pager",
        on: expect.arrayContaining(["announced", "failed", "rolled-back"]),
        target: { kind: "command", command: command.command, folder: "/etc/e6" },
        timeout: 10_000,
        attempts: 3,
      },
      {
        name: "chat",
        on: ["failed"],
        target: { kind: "webhook", url: webhook.url, secretFile: "/etc/e6/hook.key" },
        timeout: 2000,
        attempts: 1,
      },
    ]);
  });

  it("does not tell of each window by default", () => {
    expect(read({ hooks: [command] }).hooks[0]?.on).not.toContain("window");
  });

  it.each([
    ["no target", { name: "x" }, "watch.hooks[0].command is missing: must be there, or url in its place"],
    ["two targets", { ...webhook, ...command }, "must be there, or url in its place, and not both"],
    ["a webhook that is not signed", { ...webhook, secretFile: undefined }, "watch.hooks[0].secretFile is missing"],
    ["a secret for a command", { ...command, secretFile: "x" }, "is for a url: a command is not signed"],
    ["a webhook in clear text", { ...webhook, url: "http://chat.example.com/very-secret" }, "must be an https URL"],
    ["a password in the URL", { ...webhook, url: "https://u:very-secret@example.com/" }, "must be an https URL"],
    [
      "a key in the place of its file",
      { ...webhook, secretFile: `whsec_very-secret${"A".repeat(43)}`.replaceAll("-", "/") },
      "watch.hooks[0].secretFile is (not shown): must be the path of a file that holds the key, not the key",
    ],
    ["no program", { name: "x", command: [] }, "must be a list of 1 to 64"],
    ["a name that could not be read", { ...command, name: "a b" }, "must be a name"],
    ["an event that there is not", { ...command, on: ["failure"] }, 'must be "announced" or'],
  ])("refuses %s, without repeating what may be secret", (_, hook, message) => {
    const wrong = JSON.parse(JSON.stringify({ hooks: [hook] }));
    expect(() => read(wrong)).toThrow(message);
    expect(() => read(wrong)).not.toThrow(/very.secret/);
  });

  it("takes a webhook of this machine in clear text", () => {
    expect(read({ hooks: [{ ...webhook, url: "http://127.0.0.1:9000/x" }] }).hooks).toHaveLength(1);
  });
});
