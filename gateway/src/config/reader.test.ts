import { describe, expect, it } from "vitest";
import { type KeyNote, type Reader, readObject } from "./reader.ts";
import { flag, integer, listOf, oneOf, text } from "./rules.ts";

const read = <T>(value: unknown, reading: (reader: Reader) => T, path = "top") =>
  readObject(value, { path, folder: "/etc" }, reading);

describe("readObject()", () => {
  it("reads what is there, and takes the default for what is not", () => {
    const result = read({ a: 5, list: [{ b: true }] }, (reader) => ({
      a: reader.required("a", integer(0, 9)),
      missing: reader.get("missing", integer(0, 9), 7),
      optional: reader.optional("optional", integer(0, 9)),
      section: reader.section("section", (inner) => inner.get("deep", flag, false)),
      absent: reader.optionalSection("absent", (inner) => inner.required("deep", flag)),
      list: reader.sections("list", { min: 1, max: 2 }, (inner) => inner.required("b", flag)),
      folder: reader.section("section", (inner) => inner.folder),
    }));
    expect(result).toMatchObject({ a: 5, missing: 7, section: false, list: [true], folder: "/etc" });
    expect([result.optional, result.absent]).toEqual([undefined, undefined]);
  });

  it.each([5, null, [], "text", undefined])("refuses %o in the place of an object", (value) => {
    expect(() => read(value, () => 0)).toThrow(/^top is .*: must be an object$/);
  });

  it("names the whole path, the value and the remedy", () => {
    const list = (value: unknown) => () =>
      read({ list: [{ n: 1 }, { n: value }] }, (reader) =>
        reader.sections("list", { min: 1, max: 3 }, (inner) => inner.required("n", integer(1, 9))),
      );
    expect(list(70)).toThrow("top.list[1].n is 70: must be a whole number from 1 to 9");
    expect(list(undefined)).toThrow("top.list[1].n is missing: it must be a whole number from 1 to 9");
    expect(list({ deep: 1 })).toThrow("top.list[1].n is an object: must be");
    expect(list([1, 2])).toThrow("top.list[1].n is a list of 2: must be");
  });

  it("takes null for a value, not for a missing key", () => {
    expect(() => read({ a: null }, (reader) => reader.optional("a", flag))).toThrow("top.a is null: must be");
    expect(() => read({ a: null }, (reader) => reader.get("a", flag, true))).toThrow("top.a is null: must be");
    expect(() => read({ a: null }, (reader) => reader.section("a", () => 0))).toThrow("top.a is null: must be");
  });

  it("refuses keys that nobody asked for, at every depth, those of JavaScript's own objects too", () => {
    const reading = (reader: Reader) => reader.section("a", (inner) => inner.get("known", flag, true));
    expect(() => read({ a: { knwon: true } }, reading)).toThrow("top.a.knwon is unknown: the keys here are known");
    expect(() => read({ b: 1 }, reading)).toThrow("top.b is unknown: the keys here are a");
    expect(() => read(JSON.parse('{ "__proto__": { "a": 1 } }'), reading)).toThrow("top.__proto__ is unknown");
    expect(read({}, (reader) => reader.optional("constructor", flag))).toBeUndefined();
  });

  it("repeats no secret", () => {
    const key = { ...text("a word", /^\w+$/), isSecret: true };
    expect(() => read({ key: "s3 cret" }, (reader) => reader.required("key", key))).toThrow(
      /^top\.key is \(not shown\): must be a word$/,
    );
    expect(() =>
      read({ keys: ["s3 cret"] }, (reader) => reader.required("keys", listOf(key, { min: 0, max: 1 }))),
    ).toThrow(/^top\.keys\[0\] is \(not shown\): must be a word$/);
    const word = text("a word", /^\w+$/);
    for (const value of ["-----BEGIN PRIVATE KEY-----\nMIG", "https://ada:s3cret@host"]) {
      expect(() => read({ word: value }, (reader) => reader.required("word", word))).toThrow("top.word is (not shown)");
    }
  });

  it("repeats of a long value only the beginning", () => {
    const error = () => read({ a: "x".repeat(5000) }, (reader) => reader.required("a", flag));
    expect(error).toThrow(/^top\.a is "x{119}…: must be true or false$/);
  });

  it("tells who listens which keys there are", () => {
    const notes: KeyNote[] = [];
    readObject(
      { a: 1, list: [{ b: "x" }, { b: "y" }] },
      { path: "", folder: "/", onKey: (note) => notes.push(note) },
      (reader) => {
        reader.required("a", integer(0, 1));
        reader.get("c", flag, true);
        reader.sections("list", { min: 0, max: 2 }, (inner) => inner.optional("b", oneOf(["x", "y"])));
      },
    );
    expect(notes).toMatchObject([
      { path: "a", isRequired: true, expects: "a whole number from 0 to 1" },
      { path: "c", isRequired: false, byDefault: true },
      { path: "list", isRequired: false },
      { path: "list[].b", isRequired: false, expects: '"x" or "y"' },
      { path: "list[].b" },
    ]);
  });
});
