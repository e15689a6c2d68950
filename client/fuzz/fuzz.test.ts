import { describe, expect, it } from "vitest";
import { checkInput, createInputs, type InputKind, inputKinds, parseInput, writeInput } from "./input.ts";

/** Tries some inputs and counts those that were read and those that were refused. A finding comes with what it takes to see it again. */
async function fuzz(seed: number, count: number): Promise<Record<string, number>> {
  const make = createInputs(seed);
  const verdicts: Record<string, number> = {};
  for (let index = 0; index < count; index++) {
    const input = make(index);
    try {
      const verdict = `${input.kind} ${await checkInput(input)}`;
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    } catch (cause) {
      throw new Error(
        `input ${index} of seed ${seed}: ${String(cause)}; npm run fuzz -- --replay ${writeInput(input)}`,
        {
          cause,
        },
      );
    }
  }
  return verdicts;
}

describe("altered results and hostile SQL", () => {
  it("are read as another decoder reads them, or refused with an error of ours", async () => {
    const verdicts = await fuzz(1, 6000);
    // Else the changes would be too crude, or too fine, to try anything.
    for (const kind of inputKinds) {
      expect(verdicts[`${kind} read`]).toBeGreaterThan(50);
      expect(verdicts[`${kind} refused`]).toBeGreaterThan(50);
    }
  });

  it("are so from whatever seed", async () => {
    await fuzz(Math.floor(Math.random() * 2 ** 31), 2000);
  });
});

describe("createInputs()", () => {
  it("makes the same inputs from the same seed, in whatever order", () => {
    const [one, other] = [createInputs(5), createInputs(5)];
    const late = one(20_001);
    expect(writeInput(one(7))).toBe(writeInput(other(7)));
    expect(writeInput(other(20_001))).toBe(writeInput(late));
  });
});

describe("parseInput()", () => {
  it("reads what writeInput() wrote", () => {
    const make = createInputs(6);
    const seen = new Set<InputKind>();
    for (let index = 0; index < 100; index++) {
      const input = make(index);
      seen.add(input.kind);
      expect(parseInput(writeInput(input))).toEqual(input);
    }
    expect([...seen].sort()).toEqual([...inputKinds].sort());
  });

  it("refuses another text", () => {
    expect(parseInput("bath:AA==:AA==:1")).toBeUndefined();
    expect(parseInput("batch")).toBeUndefined();
  });
});
