import { describe, expect, it } from "vitest";
import { announcement } from "./announcement.ts";
import { nextRun, type RunState } from "./run-state.ts";

const result = { fields: [], rows: [[1n]], queryId: "q1", strategy: "green" } as const;
const report = { code: "SQL_ERROR", message: "no such table", retryable: false } as const;
const running: RunState = { kind: "running", startedAt: 100 };

const endings = [
  [{ kind: "succeed", at: 150, result }, { kind: "succeeded", result, elapsed: 50 }, "1 row in 50 ms from green."],
  [{ kind: "fail", at: 150, report }, { kind: "failed", report, elapsed: 50 }, "The engine refused the statement."],
  [{ kind: "cancel", at: 150 }, { kind: "cancelled", elapsed: 50 }, "Cancelled after 50 ms."],
] as const;

describe("nextRun()", () => {
  it.each(endings)("ends by %o", (event, state, said) => {
    expect(nextRun(running, event)).toEqual(state);
    expect(announcement(state)).toBe(said);
  });

  it.each(endings)("ignores %o when nothing runs", (event) => {
    const idle: RunState = { kind: "idle" };
    expect(nextRun(idle, event)).toBe(idle);
  });

  it("starts again after each ending, but never twice at once", () => {
    for (const [, ended] of endings) expect(nextRun(ended, { kind: "start", at: 100 })).toEqual(running);
    expect(nextRun(running, { kind: "start", at: 120 })).toBe(running);
  });

  it("forgets", () => {
    expect(nextRun(running, { kind: "forget" })).toEqual({ kind: "idle" });
  });
});
