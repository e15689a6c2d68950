import { describe, expect, it } from "vitest";
import { onBlue, pendingGreen } from "../../test/strategy-events.ts";
import { candidates } from "./candidates.ts";
import { unknownStrategy } from "./strategy-state.ts";

const nothing = unknownStrategy("l", "e1");

describe("candidates()", () => {
  it("begins with blue when nothing is known", () => {
    expect(candidates(nothing, undefined)).toEqual(["blue", "green"]);
  });

  it("begins with the announced stack when no other is active", () => {
    expect(candidates({ ...nothing, pending: pendingGreen("header").pending }, undefined)).toEqual(["green", "blue"]);
  });

  it("begins with the active stack when that is to be confirmed", () => {
    expect(candidates({ ...onBlue, active: "green" }, undefined)).toEqual(["green", "blue"]);
    expect(candidates(pendingGreen("header"), undefined)).toEqual(["blue", "green"]);
  });

  it("never begins with the stack that refused, announced or active", () => {
    expect(candidates(onBlue, "blue")).toEqual(["green", "blue"]);
    expect(candidates(pendingGreen("header"), "green")).toEqual(["blue", "green"]);
    expect(candidates(nothing, "green")).toEqual(["blue", "green"]);
  });
});
