import { describe, expect, it } from "vitest";
import { candidates } from "./candidates.ts";

describe("candidates()", () => {
  it("begins with blue when nothing is known", () => {
    expect(candidates(undefined, undefined)).toEqual(["blue", "green"]);
  });

  it("begins with the active stack when that is to be confirmed", () => {
    expect(candidates("blue", undefined)).toEqual(["blue", "green"]);
    expect(candidates("green", undefined)).toEqual(["green", "blue"]);
  });

  it.each([undefined, "blue", "green"] as const)(
    "never begins with the stack that refused, with %s active",
    (active) => {
      expect(candidates(active, "blue")).toEqual(["green", "blue"]);
      expect(candidates(active, "green")).toEqual(["blue", "green"]);
    },
  );
});
