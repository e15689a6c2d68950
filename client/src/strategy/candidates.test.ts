import { describe, expect, it } from "vitest";
import { candidates } from "./candidates.ts";

describe("candidates()", () => {
  it("begins with blue when nothing is known", () => {
    expect(candidates(undefined)).toEqual(["blue", "green"]);
  });

  it("never begins with the stack that refused", () => {
    expect(candidates("blue")).toEqual(["green", "blue"]);
    expect(candidates("green")).toEqual(["blue", "green"]);
  });
});
