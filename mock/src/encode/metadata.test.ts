import { describe, expect, it } from "vitest";
import { readVectorCase } from "../../test/vector-case.ts";
import { encodeMetadata } from "./metadata.ts";

describe("encodeMetadata()", () => {
  it.each(["long", "timestamp-tz", "duplicate-and-empty-names", "wide", "no-rows"])(
    "writes the bytes of the independent encoder: %s",
    (name) => {
      const { rowCount, fields, metadata } = readVectorCase(name);
      expect(Buffer.from(encodeMetadata(BigInt(rowCount), fields)).toString("hex")).toBe(
        Buffer.from(metadata).toString("hex"),
      );
    },
  );

  it("counts a name in bytes and refuses one that does not fit", () => {
    const field = (name: string) => [{ name, type: "LONG", zone: "", format: "" }];
    expect(encodeMetadata(0n, field("é".repeat(32_767)))).toHaveLength(12 + 2 + 65_534 + 2 + 4 + 2 + 2);
    expect(() => encodeMetadata(0n, field("é".repeat(32_768)))).toThrow(/alias/);
  });
});
