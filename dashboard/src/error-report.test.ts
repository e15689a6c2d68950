import { E6Error, errorCodes } from "e6data-web";
import { describe, expect, it } from "vitest";
import { errorReport } from "./error-report.ts";
import { errorTitles } from "./error-title.ts";

describe("errorReport()", () => {
  it("keeps everything that the client knows", () => {
    const details = {
      hint: "wait",
      reason: "CLUSTER_SUSPENDED",
      queryId: "q1",
      strategy: "green",
      retryable: true,
    } as const;
    expect(errorReport(new E6Error("CLUSTER_SUSPENDED", "asleep", details))).toEqual({
      code: "CLUSTER_SUSPENDED",
      message: "asleep",
      ...details,
    });
  });

  it("leaves out what is unknown", () => {
    expect(errorReport(new E6Error("SQL_ERROR", "no such table"))).toEqual({
      code: "SQL_ERROR",
      message: "no such table",
      retryable: false,
    });
  });

  it.each([new TypeError("x is not a function"), "text"])("reads %o as INTERNAL, with its words", (thrown) => {
    const message = thrown instanceof Error ? thrown.message : thrown;
    expect(errorReport(thrown)).toMatchObject({ code: "INTERNAL", message });
  });
});

describe("errorTitles", () => {
  it("has a title of its own for each code", () => {
    expect(new Set(errorCodes.map((code) => errorTitles[code])).size).toBe(errorCodes.length);
  });
});
