import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkBytes, strings } from "../../test/chunk-writer.ts";
import { errorOf } from "../../test/error-of.ts";
import type { Column } from "./column.ts";
import { type ResultBatch, readResultBatch } from "./result-batch.ts";

function readBatch(values: readonly (string | Uint8Array)[], nulls: readonly boolean[] = []): ResultBatch {
  const vector = { ...strings(...values), nulls };
  return readResultBatch(chunkBytes([vector]), [{ name: "c", type: "STRING", zone: "", format: "" }]);
}

function readStrings(values: readonly (string | Uint8Array)[], nulls: readonly boolean[] = []): Column {
  return readBatch(values, nulls).column(0);
}

/** Every way to the texts of a column. */
function expectTexts(values: readonly string[]): void {
  expect(readStrings(values).toArray()).toEqual(values);
  const column = readStrings(values);
  expect(values.map((_, row) => column.get(row))).toEqual(values);
  expect(readBatch(values).rows().flat()).toEqual(values);
  expect(
    readBatch(values)
      .rows(values.length >> 1)
      .flat(),
  ).toEqual(values.slice(values.length >> 1));
}

describe("a column of text", () => {
  // 0xc3a9 is two bytes that would be the character é.
  it.each([0, 1, 127, 128, 129, 255, 256, 383, 384, 32_767, 32_768, 0xc3a9, 65_536])(
    "reads texts of %s bytes among short ones, whatever the bytes of that length look like",
    (length) => {
      const long = "x".repeat(length);
      expectTexts(["a", long, "b", long, long, ""]);
      expectTexts([`é${long}`, long, "日本語", "🧪"]);
    },
  );

  it("reads more than it decodes at once", () => {
    expectTexts(Array.from({ length: 20_000 }, (_, row) => (row % 777 === 0 ? `ß🧪${row}` : `row ${row}`)));
  });

  it("reads any text", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.string({ unit: "binary-ascii", maxLength: 300 }),
      fc.constantFrom("\ufeff", "\ufffd", "\u0000", "\u0080", "\u07ff", "\u0800", "\uffff", "\u{10000}", "\u{10ffff}"),
    );
    fc.assert(fc.property(fc.array(text, { maxLength: 30 }), expectTexts), { seed: 20, numRuns: 300 });
  });

  it.each([
    ["a byte that no character has", [0xff]],
    ["a character that is cut", [0x61, 0xe6, 0x97]],
    ["a continuation without a beginning", [0x80]],
    ["an overlong form", [0xc0, 0x80]],
    ["half of a surrogate pair", [0xed, 0xa0, 0x80]],
  ])("refuses %s, names the row and never replaces it", (_, bad) => {
    const column = readStrings(["good", "é", Uint8Array.from(bad), "x".repeat(128)]);
    for (const run of [() => column.get(2), () => column.toArray()]) {
      const error = errorOf(run);
      expect(error.code).toBe("MALFORMED_RESULT");
      expect(error.message).toMatch(/at byte \d+: the text of row 2 is not UTF-8/);
      expect(error.hint).toMatch(/BINARY/);
    }
    expect([column.get(0), column.get(1), column.get(3)]).toEqual(["good", "é", "x".repeat(128)]);
  });

  it("does not look at the bytes of a null row", () => {
    const column = readStrings(["a", Uint8Array.of(0xff), "ü"], [false, true, false]);
    expect(column.toArray()).toEqual(["a", null, "ü"]);
  });

  it("knows which rows are null in whatever part of a batch is made", () => {
    const rows = Array.from({ length: 300 }, (_, row) => row);
    const isNull = (row: number) => row % 7 === 3;
    const texts = rows.map((row) => (isNull(row) ? Uint8Array.of(row % 2 === 0 ? 0xff : 0x61) : `row ${row}`));
    const batch = readBatch(texts, rows.map(isNull));
    const expected = rows.map((row) => (isNull(row) ? null : `row ${row}`));
    expect(batch.rows().flat()).toEqual(expected);
    expect(batch.rows(129, 250).flat()).toEqual(expected.slice(129, 250));
  });

  it("joins no bytes of neighbours to a character", () => {
    const column = readStrings([Uint8Array.of(0xc3), Uint8Array.of(0xa9)]);
    expect(errorOf(() => column.toArray()).message).toMatch(/row 0 is not UTF-8/);
  });
});
