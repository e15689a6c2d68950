import { afterEach, describe, expect, it, vi } from "vitest";
import { wallStartMs } from "../../test/manual-runtime.ts";
import { logQueries } from "./log-queries.ts";
import { jsonLogger } from "./log-writer.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("jsonLogger()", () => {
  it("writes one JSON object a line: time, level, message, and the fields", () => {
    vi.useFakeTimers({ now: wallStartMs });
    const lines: string[] = [];
    const logger = jsonLogger((line) => lines.push(line));
    logger.info?.("e6data: query done", { rows: 3 });
    logger.error?.("e6data: query failed", { code: "NETWORK" });
    expect(lines).toEqual([
      '{"time":"2030-01-01T00:00:00.000Z","level":"info","message":"e6data: query done","rows":3}',
      '{"time":"2030-01-01T00:00:00.000Z","level":"error","message":"e6data: query failed","code":"NETWORK"}',
    ]);
  });

  it("has every level, for whoever logs", () => {
    const lines: string[] = [];
    const logger = jsonLogger((line) => lines.push(line));
    for (const level of ["debug", "info", "warn", "error"] as const) logger[level]?.("m", {});
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(["debug", "info", "warn", "error"]);
    expect(() => logQueries(logger)).not.toThrow();
  });
});
