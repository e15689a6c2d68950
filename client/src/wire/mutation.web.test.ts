import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { vectorCases } from "../../test/vectors.ts";
import { isE6Error } from "../error.ts";
import { type ResultBatch, readResultBatch } from "./result-batch.ts";
import { readResultMetadata } from "./result-metadata.ts";

const seed = 1;
/** Rows that cost no bytes are bounded by this limit alone. */
const limits = { maxRows: 1000 };

const inputs = [...vectorCases.values()].flatMap(({ result }) => {
  const { fields } = readResultMetadata(result.metadata);
  return result.batches.map((batch) => ({ batch, fields, metadata: result.metadata }));
});

/** Any change of a few bytes: one replaced, four replaced by a number as lengths and counts have, a part taken out or put in twice. */
const change = fc.record({
  kind: fc.constantFrom("byte", "byte", "byte", "int32", "cut", "twice"),
  at: fc.nat(),
  size: fc.nat(40),
  byte: fc.nat(255),
  int32: fc.constantFrom(-1, 0, 1, 127, 2 ** 31 - 1, -(2 ** 31), 65_536),
});

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function applyChange(bytes: Uint8Array, { kind, at, size, byte, int32 }: Change): Uint8Array {
  const from = bytes.length === 0 ? 0 : at % bytes.length;
  const to = Math.min(from + size, bytes.length);
  if (kind === "cut") return Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(to)]);
  if (kind === "twice") return Uint8Array.from([...bytes.subarray(0, to), ...bytes.subarray(from)]);
  const changed = bytes.slice();
  if (kind === "byte") changed[from] = byte;
  else if (from + 4 <= changed.length) new DataView(changed.buffer).setInt32(from, int32);
  return changed;
}

/** Runs until the end or to an error of ours. Any other error, such as one of an allocation that was too large, fails the test. */
function ours<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (isE6Error(error) && (error.code === "MALFORMED_RESULT" || error.code === "UNSUPPORTED")) return undefined;
    throw error;
  }
}

/** Asks for everything that a batch has. */
function readAll(batch: ResultBatch): void {
  ours(() => batch.rows().map((row) => row.map(String)));
  for (let index = 0; index < batch.columnCount; index++) {
    const column = batch.column(index);
    const array = ours(() => column.toArray());
    if (array !== undefined) expect(array).toHaveLength(batch.rowCount);
    for (let row = 0; row < batch.rowCount; row++) ours(() => column.get(row));
  }
}

describe("readResultBatch()", () => {
  it("reads altered bytes or refuses them with an error of ours", () => {
    let read = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.nat(inputs.length - 1), fc.array(change, { minLength: 1, maxLength: 2 }), (index, changes) => {
        const input = inputs[index];
        if (input === undefined) return;
        const bytes = changes.reduce(applyChange, input.batch);
        const batch = ours(() => readResultBatch(bytes, input.fields, limits));
        if (batch === undefined) {
          refused++;
        } else {
          read++;
          readAll(batch);
        }
      }),
      { seed, numRuns: 3000 },
    );
    // Else the changes would be too crude, or too fine, to try anything.
    expect(read).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(300);
  });

  it("reads arbitrary bytes or refuses them with an error of ours", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        ours(() => readResultBatch(bytes, [], limits));
      }),
      { seed, numRuns: 2000 },
    );
  });
});

describe("readResultMetadata()", () => {
  it("reads altered bytes or refuses them with an error of ours", () => {
    fc.assert(
      fc.property(fc.nat(inputs.length - 1), fc.array(change, { minLength: 1, maxLength: 3 }), (index, changes) => {
        const bytes = changes.reduce(applyChange, inputs[index]?.metadata ?? new Uint8Array());
        ours(() => readResultMetadata(bytes));
      }),
      { seed, numRuns: 1000 },
    );
  });
});
