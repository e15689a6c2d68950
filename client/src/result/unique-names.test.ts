import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uniqueNames } from "./unique-names.ts";

function namesOf(...names: readonly string[]): string[] {
  return uniqueNames(names.map((name) => ({ name, type: "LONG", zone: "", format: "" })));
}

describe("uniqueNames()", () => {
  it.each([
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [
      ["a", "a", "a"],
      ["a", "a_2", "a_3"],
    ],
    // What is a column's own name is not given to another, wherever it stands.
    [
      ["a", "a", "a_2"],
      ["a", "a_3", "a_2"],
    ],
    [
      ["a_2", "a", "a"],
      ["a_2", "a", "a_3"],
    ],
    [
      ["a", "a", "a_2", "a_2"],
      ["a", "a_3", "a_2", "a_2_2"],
    ],
    [
      ["", "x", ""],
      ["column1", "x", "column3"],
    ],
    [
      ["", "column1"],
      ["column1_2", "column1"],
    ],
    [
      ["column2", ""],
      ["column2", "column2_2"],
    ],
    [
      ["__proto__", "__proto__", "constructor"],
      ["__proto__", "__proto___2", "constructor"],
    ],
    [[], []],
  ])("makes of %j: %j", (names, unique) => {
    expect(namesOf(...names)).toEqual(unique);
  });

  it("gives each column another name, and every name to its first column", () => {
    const name = fc.constantFrom("", "a", "b", "a_2", "a_3", "a_2_2", "column1", "column2", "column2_2", "column3");
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), (names) => {
        const unique = namesOf(...names);
        expect(new Set(unique).size).toBe(names.length);
        expect(unique).not.toContain("");
        names.forEach((own, index) => {
          if (own !== "" && names.indexOf(own) === index) expect(unique[index]).toBe(own);
        });
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it("takes no quadratic time over equal names", () => {
    expect(namesOf(...new Array<string>(20_000).fill("a")).at(-1)).toBe("a_20000");
  });
});
