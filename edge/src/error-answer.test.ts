import { E6Error, type E6ErrorCode } from "e6data-web";
import { describe, expect, it } from "vitest";
import { answerError } from "./error-answer.ts";

describe("answerError()", () => {
  it.each<[E6ErrorCode, boolean, number]>([
    ["SQL_ERROR", false, 400],
    ["PERMISSION_DENIED", false, 403],
    ["RESOURCE_EXHAUSTED", false, 413],
    ["RESOURCE_EXHAUSTED", true, 503],
    ["RATE_LIMITED", true, 429],
    ["AUTHENTICATION_FAILED", false, 502],
    ["DEADLINE_EXCEEDED", true, 504],
    ["INVALID_OPTION", false, 500],
    ["INTERNAL", false, 500],
  ])("answers %s (retryable: %s) as %i", async (code, retryable, status) => {
    const details = { retryable, queryId: "q1", strategy: "green", cause: new Error("inside") } as const;
    const response = answerError(new E6Error(code, "why", details));
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: { code, message: "why", retryable, queryId: "q1", strategy: "green" },
    });
  });

  it("tells nothing of an error that it does not know", async () => {
    const response = answerError(new TypeError("cannot read s3cr3t"));
    expect([response.status, await response.text()]).toEqual([
      500,
      '{"error":{"code":"INTERNAL","message":"the function failed","retryable":false}}',
    ]);
  });
});
