import { describe, expect, it } from "vitest";
import type { DeploymentEvent, DeploymentStep } from "../session/deployment-event.ts";
import type { LogLevel } from "../telemetry/log-writer.ts";
import { logDeployment } from "./log-deployment.ts";

/** The lines that are written for steps, at this level. */
function linesOf(steps: readonly object[], level?: LogLevel): unknown[] {
  const lines: unknown[] = [];
  const write = (name: LogLevel) => (message: string, fields: object) => lines.push([name, message, fields]);
  const logger = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  const listener = logDeployment(logger, { level });
  // Also what is in no type.
  for (const step of steps) listener({ ...step, at: 7 } as DeploymentEvent);
  return lines;
}

const steps: readonly DeploymentStep[] = [
  { type: "announced", stack: "green", by: "header" },
  { type: "called-off", stack: "green" },
  { type: "accepted", stack: "green" },
  { type: "refused", stack: "green", code: "NETWORK", isFinal: false },
  { type: "switched", from: undefined, to: "blue", changedAt: 4, tookMs: undefined },
  { type: "switched", from: "blue", to: "green", changedAt: 5, tookMs: 2 },
  { type: "mismatch", stack: "blue" },
  { type: "detected", stack: "green", code: undefined, tookMs: 3 },
  { type: "detected", stack: undefined, code: "NO_ACTIVE_STACK", tookMs: 3 },
  { type: "recovered", code: "NETWORK", by: "restart", tries: 2, tookMs: 4 },
  { type: "interrupted", queryId: "q1", strategy: "blue", rowsDelivered: 3 },
  { type: "selection-ignored", stack: "green", code: "GATEWAY" },
  { type: "store-degraded", part: "bell", reason: "SecurityError" },
  { type: "store-restored" },
];

describe("logDeployment()", () => {
  it("writes a line for each event, with all that is special about it", () => {
    expect(linesOf(steps, "debug")).toEqual([
      ["info", "e6data: switch announced", { at: 7, stack: "green", by: "header" }],
      ["info", "e6data: switch called off", { at: 7, stack: "green" }],
      ["debug", "e6data: stack has accepted a sign-in", { at: 7, stack: "green" }],
      ["warn", "e6data: stack has refused a sign-in", { at: 7, stack: "green", code: "NETWORK", isFinal: false }],
      ["info", "e6data: stack for new work is known", { at: 7, to: "blue", changedAt: 4 }],
      ["info", "e6data: new work goes to another stack", { at: 7, from: "blue", to: "green", changedAt: 5, tookMs: 2 }],
      ["debug", "e6data: stack has refused a call by 456", { at: 7, stack: "blue" }],
      ["debug", "e6data: active stack found", { at: 7, stack: "green", tookMs: 3 }],
      ["error", "e6data: no active stack found", { at: 7, code: "NO_ACTIVE_STACK", tookMs: 3 }],
      ["info", "e6data: failure cured", { at: 7, code: "NETWORK", by: "restart", tries: 2, tookMs: 4 }],
      ["error", "e6data: query lost", { at: 7, queryId: "q1", strategy: "blue", rowsDelivered: 3 }],
      ["warn", "e6data: stack that was chosen is passed over", { at: 7, stack: "green", code: "GATEWAY" }],
      [
        "warn",
        "e6data: shared store does without a part of the platform",
        { at: 7, part: "bell", reason: "SecurityError" },
      ],
      ["info", "e6data: shared store works again", { at: 7 }],
    ]);
  });

  it("writes nothing that matters less than was asked for", () => {
    const levels = (level?: LogLevel) => new Set(linesOf(steps, level).map((line) => Object(line)[0]));
    expect(levels()).toEqual(new Set(["info", "warn", "error"]));
    expect(levels("error")).toEqual(new Set(["error"]));
  });

  it("writes no field that it does not know", () => {
    const text = JSON.stringify(linesOf([{ ...steps[0], sql: "hidden", error: new Error("hidden") }], "debug"));
    expect(text).toContain("announced");
    expect(text).not.toContain("hidden");
  });

  it("refuses what cannot log", () => {
    expect(() => logDeployment({})).toThrow('option "logger" has none of the functions');
    expect(() => logDeployment(console, Object({ levels: "info" }))).toThrow("is not known to logDeployment()");
    expect(() => logDeployment(console, Object({ level: "loud" }))).toThrow('option "level" is not one of debug');
  });
});
