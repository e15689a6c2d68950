import { describe, expect, it } from "vitest";
import { decodeFields, encodeFields, encodeInteger } from "./hpack.ts";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

// The bytes are those of RFC 7541, appendix C.
describe("decodeFields()", () => {
  it("reads indexed fields, and literals with names from the table and of their own", () => {
    expect(decodeFields(bytes("82 86 84 41 0f 7777 772e 6578 616d 706c 652e 636f 6d"))).toEqual([
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
    ]);
    expect(decodeFields(bytes("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"))).toEqual([
      ["custom-key", "custom-header"],
    ]);
    expect(decodeFields(bytes("040c 2f73 616d 706c 652f 7061 7468"))).toEqual([[":path", "/sample/path"]]);
  });

  it("reads compressed texts", () => {
    const block =
      "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3";
    expect(decodeFields(bytes(block))).toEqual([
      [":status", "302"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
      ["location", "https://www.example.com"],
    ]);
  });

  it("passes over a change of the table's size", () => {
    expect(decodeFields(bytes("20 3f e1 1f 88"))).toEqual([[":status", "200"]]);
  });

  it.each(["be", "41", "41 0f 77"])("refuses %s, which refers to another table or is cut off", (hex) => {
    expect(() => decodeFields(bytes(hex))).toThrow("header block");
  });
});

describe("encodeInteger()", () => {
  it.each([
    [10, 5, "0a"],
    [1337, 5, "1f9a0a"],
    [42, 8, "2a"],
  ])("writes %i with a prefix of %i bits", (value, prefix, hex) => {
    expect(Buffer.from(encodeInteger(value, prefix)).toString("hex")).toBe(hex);
  });
});

describe("encodeFields()", () => {
  it("writes what no polite client would, byte by byte", () => {
    const fields = [
      ["Strategy", "blue\r\nx: \0\xff"],
      ["", "x".repeat(300)],
    ] as const;
    expect(decodeFields(encodeFields(fields))).toEqual(fields);
    expect(Buffer.from(encodeFields([["a", "\xff"]])).toString("hex")).toBe("00016101ff");
  });
});
