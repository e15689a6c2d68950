import { describe, expect, it } from "vitest";
import { errorOf } from "../../test/error-of.ts";
import { readResultMetadata } from "./result-metadata.ts";

/** Row count, column count, and texts with their lengths. */
function metadataBytes(rowCount: bigint, columnCount: number, ...texts: readonly (string | Uint8Array)[]): Uint8Array {
  const head = new DataView(new ArrayBuffer(12));
  head.setBigInt64(0, rowCount);
  head.setInt32(8, columnCount);
  const tail = texts.flatMap((text) => {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    return [bytes.length >> 8, bytes.length & 0xff, ...bytes];
  });
  return Uint8Array.from([...new Uint8Array(head.buffer), ...tail]);
}

describe("readResultMetadata()", () => {
  it("reads names, types, zones and formats as they are", () => {
    const bytes = metadataBytes(7n, 2, "naïve\ufeff", "TIMESTAMP_TZ", "UTC", "yyyy", "", "LONG", "", "");
    expect(readResultMetadata(bytes)).toEqual({
      rowCount: 7,
      fields: [
        { name: "naïve\ufeff", type: "TIMESTAMP_TZ", zone: "UTC", format: "yyyy" },
        { name: "", type: "LONG", zone: "", format: "" },
      ],
    });
  });

  it("reads a part of a larger buffer", () => {
    const bytes = metadataBytes(1n, 1, "a", "LONG", "", "");
    const larger = new Uint8Array(bytes.length + 9).fill(0xff);
    larger.set(bytes, 5);
    expect(readResultMetadata(larger.subarray(5, 5 + bytes.length)).fields).toHaveLength(1);
  });

  it.each([
    [-1n, -1],
    [0n, 0],
    [2n ** 53n - 1n, 9_007_199_254_740_991],
    [2n ** 53n, 9_007_199_254_740_992],
  ])("reads the row count %s", (rowCount, number) => {
    expect(readResultMetadata(metadataBytes(rowCount, 0)).rowCount).toBe(number);
  });

  it.each([2n ** 53n + 1n, 2n ** 63n - 1n])("refuses the row count %s, which a number cannot hold", (rowCount) => {
    const error = errorOf(() => readResultMetadata(metadataBytes(rowCount, 0)));
    expect(error.code).toBe("MALFORMED_RESULT");
    expect(error.message).toBe(`Result metadata is malformed at byte 0: the row count, ${rowCount}, is beyond 2^53.`);
  });

  it.each([
    ["no bytes", new Uint8Array(), /byte 0: the row count takes 8 bytes, but the input ends 0 bytes on/],
    ["a negative column count", metadataBytes(0n, -1), /byte 8: the column count is negative/],
    [
      "more columns than bytes",
      metadataBytes(0n, 65_536, "a", "LONG", "", ""),
      /byte 12: the column count states 65536 entries/,
    ],
    [
      "a text that is cut",
      metadataBytes(0n, 1, "a", "LONG", "", "").subarray(0, -5),
      /byte 17: the type of column 0 takes 4 bytes/,
    ],
    ["bytes after its end", metadataBytes(0n, 0, ""), /byte 12: 2 bytes follow after its end/],
    [
      "text that is not UTF-8",
      metadataBytes(0n, 1, Uint8Array.of(0xff), "LONG", "", ""),
      /byte 14: the name of column 0 is not UTF-8/,
    ],
  ])("refuses %s, and says where", (_, bytes, message) => {
    const error = errorOf(() => readResultMetadata(bytes));
    expect(error.code).toBe("MALFORMED_RESULT");
    expect(error.message).toMatch(message);
    expect(error.hint).not.toBe("");
  });

  it("holds to the limits that it is given", () => {
    const bytes = metadataBytes(0n, 2, "a", "LONG", "", "", "b", "LONG", "", "");
    expect(readResultMetadata(bytes, { maxColumns: 2, maxBytes: bytes.length }).fields).toHaveLength(2);
    expect(errorOf(() => readResultMetadata(bytes, { maxColumns: 1 })).message).toMatch(
      /2 columns, past the limit maxColumns of 1/,
    );
    expect(errorOf(() => readResultMetadata(bytes, { maxBytes: bytes.length - 1 })).message).toMatch(
      /past the limit maxBytes/,
    );
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 31])("refuses %s as a limit", (maxBytes) => {
    const error = errorOf(() => readResultMetadata(new Uint8Array(), { maxBytes }));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain("maxBytes");
  });
});
