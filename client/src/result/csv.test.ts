import { describe, expect, it } from "vitest";
import { chunkBytes, longs, strings, type VectorParts, vectorNumber } from "../../test/chunk-writer.ts";
import { errorOf } from "../../test/error-of.ts";
import { readResultBatch } from "../wire/result-batch.ts";
import { type CsvOptions, toCsv } from "./csv.ts";

async function csvOf(names: readonly string[], vectors: readonly VectorParts[], options?: CsvOptions): Promise<string> {
  const fields = names.map((name) => ({ name, type: "", zone: "", format: "" }));
  const bytes = await new Response(
    toCsv([readResultBatch(chunkBytes(vectors), fields)], fields, options),
  ).arrayBuffer();
  // A decoder would take the byte order mark away.
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

describe("toCsv()", () => {
  it("tells an empty text from NULL, and a text from the one that stands for NULL", async () => {
    const texts = { ...strings("", "?", "NULL"), nulls: [false, true, false] };
    expect(await csvOf(["a", "b"], [texts, longs(1n, 2n, 3n)])).toBe('a,b\r\n"",1\r\n,2\r\nNULL,3\r\n');
    expect(await csvOf(["a", "b"], [texts, longs(1n, 2n, 3n)], { nullText: "NULL" })).toBe(
      'a,b\r\n,1\r\nNULL,2\r\n"NULL",3\r\n',
    );
  });

  it("writes names as row objects have them, quoted where they must be", async () => {
    expect(await csvOf(["a,b", "a,b", ""], [longs(1n), longs(2n), longs(3n)])).toBe(
      '"a,b","a,b_2",column3\r\n1,2,3\r\n',
    );
    expect(await csvOf(["a"], [longs(1n)], { header: false })).toBe("1\r\n");
  });

  it("writes nothing but what was asked for where there are no columns", async () => {
    expect(await new Response(toCsv([], [])).text()).toBe("");
  });

  it("begins with a byte order mark if asked to, once", async () => {
    expect(await csvOf(["é"], [longs(1n)], { byteOrderMark: true })).toBe("\uFEFFé\r\n1\r\n");
  });

  it("quotes a text that begins with the mark, which a reader would take for the file's and drop", async () => {
    const options = { header: false, guardFormulas: true };
    expect(await csvOf(["a"], [strings("\uFEFF=1+2")], options)).toBe('"\uFEFF=1+2"\r\n');
  });

  it("takes another delimiter, and quotes that one instead of the comma", async () => {
    expect(await csvOf(["a", "b"], [strings("x;y"), strings("x,y")], { delimiter: ";" })).toBe('a;b\r\n"x;y";x,y\r\n');
  });

  it("guards texts and names that are formulas, if asked to, and leaves numbers alone", async () => {
    const texts = [
      "=1+2",
      "+cmd|' /C calc'!A0",
      "@SUM(A1)",
      "\t=1",
      '=HYPERLINK("x")',
      "-5",
      "+1.5e3",
      "-5+1",
      "＝1",
      "a=1",
    ];
    const written = await csvOf(["=name"], [strings(...texts)], { guardFormulas: true });
    expect(written.split("\r\n")).toEqual([
      "'=name",
      "'=1+2",
      "'+cmd|' /C calc'!A0",
      "'@SUM(A1)",
      "'\t=1",
      `"'=HYPERLINK(""x"")"`,
      "-5",
      "+1.5e3",
      "'-5+1",
      "'＝1",
      "a=1",
      "",
    ]);
    expect(await csvOf(["=name"], [strings("=1+2")])).toBe("=name\r\n=1+2\r\n");
  });

  it("writes what the caller's conversions make, quoted and guarded as others", async () => {
    const convert = { types: { LONG: (value: bigint) => (value === 0n ? null : `=${value},`) } };
    expect(await csvOf(["n"], [longs(1n, 0n)], { convert, guardFormulas: true, nullText: "-" })).toBe(
      `n\r\n"'=1,"\r\n-\r\n`,
    );
  });

  it("writes bytes as base64, also many", async () => {
    const bytes = Uint8Array.from({ length: 400_000 }, (_, index) => index % 251);
    const written = await csvOf(["b"], [{ ...strings(bytes), type: vectorNumber.BINARY }], { header: false });
    expect(Uint8Array.from(atob(written.trim()), (character) => character.charCodeAt(0))).toEqual(bytes);
  });

  it.each(["", ",,", '"', "\r", "\n", "a", "1", "é", "😀", "\uFEFF"])("refuses the delimiter %j", (delimiter) => {
    expect(errorOf(() => toCsv([], [], { delimiter })).code).toBe("INVALID_OPTION");
  });

  it.each(["a,b", '"', "\n", "\r"])("refuses %j for NULL", (nullText) => {
    expect(errorOf(() => toCsv([], [], { nullText })).code).toBe("INVALID_OPTION");
  });
});
