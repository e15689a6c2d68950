import { describe, expect, it } from "vitest";
import { E6Error, isE6Error, withDetails } from "./error.ts";

describe("E6Error", () => {
  it("carries what is known, and nothing of what is not", () => {
    const error = new E6Error("SQL_ERROR", "no such table", { queryId: "q1", strategy: "blue", rowsDelivered: 0 });
    expect(error).toBeInstanceOf(Error);
    expect({ ...error }).toEqual({
      name: "E6Error",
      code: "SQL_ERROR",
      retryable: false,
      queryId: "q1",
      strategy: "blue",
      rowsDelivered: 0,
    });
    expect(error.hint).toBeUndefined();
  });

  it("keeps the cause, but not in its JSON", () => {
    const error = new E6Error("NETWORK", "lost", { cause: new Error("a secret"), retryable: true });
    expect(error.cause).toEqual(new Error("a secret"));
    expect(JSON.parse(JSON.stringify({ error }))).toEqual({
      error: { name: "E6Error", code: "NETWORK", retryable: true, message: "lost" },
    });
  });
});

describe("withDetails()", () => {
  it("adds what is not known yet, to an error of its own", () => {
    const cause = new Error("cause");
    const first = new E6Error("CANCELLED", "left", { cause, hint: "come back", strategy: "green", retryable: true });
    const more = withDetails(first, { queryId: "q1", strategy: "blue", rowsDelivered: 3, cause: new Error("other") });
    expect(more).not.toBe(first);
    expect(first).not.toHaveProperty("queryId");
    expect({ ...more, message: more.message, cause: more.cause }).toEqual({
      ...first,
      message: "left",
      cause,
      queryId: "q1",
      rowsDelivered: 3,
    });
  });

  it("makes no cause where there was none", () => {
    expect(withDetails(new E6Error("CLOSED", "closed"), { queryId: "q1" })).not.toHaveProperty("cause");
  });
});

describe("isE6Error()", () => {
  it("knows an error of another copy of this package, and no other", () => {
    const foreign = Object.defineProperty(new Error("x"), Symbol.for("e6data-web.E6Error"), { value: true });
    expect(isE6Error(new E6Error("CLOSED", "x"))).toBe(true);
    expect(isE6Error(foreign)).toBe(true);
    expect(isE6Error(new Error("x"))).toBe(false);
    expect(isE6Error({ code: "CLOSED", [Symbol.for("e6data-web.E6Error")]: true })).toBe(false);
  });
});
