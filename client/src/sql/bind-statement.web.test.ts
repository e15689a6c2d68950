import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bindStatement, maxValues, type Params, readStatement } from "./bind-statement.ts";
import type { ParamValue } from "./param-value.ts";
import { sql } from "./sql-template.ts";

const texts = (sqlText: string, params: Params) => {
  const { text, values } = bindStatement(sqlText, params, "engine");
  return [text, ...values.map(({ value }) => value)];
};

describe("bindStatement() for the engine", () => {
  it.each<[style: string, sql: string, params: Params, expected: string[]]>([
    ["?", "select ?, ?", [1, "a"], ["select ?, ?", "1", "a"]],
    ["? without blanks", "select?where 1=?and-?<2", [1, 2, 3], ["select?where 1=?and-?<2", "1", "2", "3"]],
    ["$1, in any order and often", "select $2, $1, $2", [1, 2], ["select ?, ?, ?", "2", "1", "2"]],
    ["?1 as $1", "select ?2, ?1", [1, 2], ["select ?, ?", "2", "1"]],
    [":name, often", "select :a, :b_1, :a", { a: 1, b_1: 2 }, ["select ?, ?, ?", "1", "2", "1"]],
    [":name of any script", "select :größe", { größe: 1 }, ["select ?", "1"]],
    ["a cast behind :name", "select :a::int, x::date", { a: 1 }, ["select ?::int, x::date", "1"]],
    [":name of an own property", "select :a", { __proto__: null, a: 1 } as unknown as Params, ["select ?", "1"]],
    ["%(name)s", "select %(a)s, 5 %% 2", { a: 1 }, ["select ?, 5 % 2", "1"]],
    ["%% where it is no escape", "select ? %% 2", [1], ["select ? %% 2", "1"]],
    ["a remainder", "select 5 % (a) s, %(a)s", { a: 1 }, ["select 5 % (a) s, ?", "1"]],
    ["a remainder before a word", "select 5 %(a)sum, :a", { a: 1 }, ["select 5 %(a)sum, ?", "1"]],
    ["no parameters", "select 1", [], ["select 1"]],
    ["no parameters by name", "select 1", {}, ["select 1"]],
    ["a list", "x in (?) and y in (?, ?)", [[1, 2], [3], 4], ["x in (?, ?) and y in (?, ?)", "1", "2", "3", "4"]],
    ["a list without parentheses", "x in %(a)s and y", { a: [1, 2] }, ["x in  (?, ?) and y", "1", "2"]],
    ["an empty list without parentheses", "x not in?", [[]], ["x not in (SELECT NULL WHERE 1 = 0)"]],
    ["an empty list", "x NOT IN ( ? )", [[]], ["x NOT IN ( SELECT NULL WHERE 1 = 0 )"]],
  ])("knows %s", (_, sqlText, params, expected) => {
    expect(texts(sqlText, params)).toEqual(expected);
  });

  it.each([
    "'?' '$1' ':a' '%(a)s' 'it''s ?'",
    'E\'\\\'?\' "?" `?` "a""?"',
    "-- ?\n -- it's :a",
    "/* ? /* :a */ %(a)s $1 ' */ /*?*/",
    "$$?$$ $a$ :a $$ ? $a$",
    "a$1 é$1 $a",
    "x :E'\\'?' x:e'\\' :a'",
    "x::a x:a x:=1 [1:a] y[1:a] y[a :a] y[:a] {b:a} 'b':a \"b\":a 1:a (1):a",
  ])("leaves %s alone", (part) => {
    expect(texts(`select ${part}\n, :b`, { b: 1 })).toEqual([`select ${part}\n, ?`, "1"]);
  });

  it("finds names in the parentheses of a subscript", () => {
    expect(texts("x[(:a):(:b)] {k: :c}", { a: 1, b: 2, c: 3 })).toEqual(["x[(?):(?)] {k: ?}", "1", "2", "3"]);
  });

  it("leaves a text without parameters as it is", () => {
    const text = "select '?', ?, :a, 5 %% 2";
    expect(bindStatement(text, undefined, "engine")).toEqual({ text, values: [] });
  });

  it("counts values from 0 and names their types", () => {
    expect(bindStatement("select ?, ?", [null, 1.5], "engine").values).toEqual([
      { index: 0, type: "NULL", value: "" },
      { index: 1, type: "DOUBLE", value: "1.5" },
    ]);
  });
});

describe("bindStatement() by the client", () => {
  it.each<[sql: string, params: Params, expected: string]>([
    ["select ?", ["it's"], "select  ('it''s')"],
    // No two signs and no word and literal grow together.
    ["select-?", [-5], "select- CAST('-5' AS BIGINT)"],
    ["select e?", ["\\"], "select e ('\\')"],
    ["limit ?offset ?", [5, 10n], "limit  5 offset  10 "],
    ["limit ?", [-5], "limit  CAST('-5' AS BIGINT)"],
    ["limit ?", ["5"], "limit  ('5')"],
    ["x in (?)", [["a", null]], "x in ( ('a'),  (NULL))"],
    ["x in (?)", [[]], "x in (SELECT NULL WHERE 1 = 0)"],
    ["%(a)s %% ':a'", { a: true }, " (true) % ':a'"],
  ])("writes %s, case %#", (sqlText, params, expected) => {
    expect(bindStatement(sqlText, params, "client")).toEqual({ text: expected, values: [] });
  });

  it("never lets text out of its literal", () => {
    const hostile = fc.string({
      unit: fc.constantFrom("'", "''", "\\", "--", "/*", "*/", "$$", "?", ";", "\0", "\n", "a", "é"),
    });
    fc.assert(
      fc.property(hostile, (value) => {
        const { text } = bindStatement("?", [value], "client");
        const inside = text.replaceAll("', chr(0), '", "\0").replaceAll("''", "");
        expect(inside).toMatch(/^ \('[^']*'\)$|^ \(concat\('[^']*'\)\)$|^ \(\)$/);
      }),
    );
  });
});

describe("bindStatement()", () => {
  it.each<[sql: string, params: unknown, problem: string]>([
    ["select ?, :a", [1], "a statement mixes the placeholders ? and :name"],
    ["select %(a)s, $1", [1], "a statement mixes the placeholders %(name)s and $1"],
    ["select ?, ?", [1], "no value for value 2"],
    ["select ?", [1, 2, 3], "no placeholder for value 2, value 3"],
    ["select '?'", [1], "no placeholder for value 1"],
    ["select $1, $3", [1, 2, 3], "no placeholder for $2"],
    ["select $0", [1], "no value for $0"],
    ["select :a, :b, :c", { b: 1 }, "no value for :a, :c"],
    ["select :a", { a: 1, b: 2 }, "no placeholder for :b"],
    ["select %(toString)s", {}, "no value for %(toString)s"],
    ["select ?", { a: 1 }, "parameters for ? are a list"],
    ["select :a", [1], "parameters for :name are an object"],
    ["select ?", "a", "not the type string"],
    ["select ?", null, "not the type null"],
    ["select :a", new Map([["a", 1]]), "not the type Map"],
    ["select :a", { a: undefined }, ":a is of the type undefined"],
    ["select ?", [{ secret: 1 }], "value 1 is of the type Object"],
    ["select ?", [[1, 2]], "value 1 is a list, which stands in IN (…) only"],
    ["f(?)", [[1, 2]], "value 1 is a list, which stands in IN (…) only"],
    ["x in (f(?))", [[1, 2]], "value 1 is a list"],
    ["x in (?, ?)", [[], 1], "value 1 is an empty list, which stands alone"],
    ["x in (?)", [[[1]]], "value 1 is of the type Array"],
    ["x in (?)", [new Array(maxValues + 1).fill(1)], `at most ${maxValues} values`],
  ])("refuses %s, case %#", (sqlText, params, problem) => {
    const bind = () => bindStatement(sqlText, params as Params, "engine");
    expect(bind).toThrow(expect.objectContaining({ code: "INVALID_PARAMETER" }));
    expect(bind).toThrow(problem);
  });

  it("takes as many values as it says", () => {
    const list = new Array<ParamValue>(maxValues).fill(1) as number[];
    expect(bindStatement("x in (?)", [list], "engine").values).toHaveLength(maxValues);
  });

  it("reads each value once: what becomes of it later changes nothing", () => {
    const text = "select :bytes, :date, :text where a in (:list)";
    const values = () => ({ list: [1n, 2n], bytes: Uint8Array.of(1), date: new Date(0), text: "before" });
    const params = values();
    const bind = readStatement(text, params);
    params.list.push(3n);
    params.bytes.fill(2);
    params.date.setTime(1e12);
    params.text = "after";
    for (const how of ["engine", "client"] as const) expect(bind(how)).toEqual(bindStatement(text, values(), how));
  });

  it("names no value in an error", () => {
    const secret = "s3cr3t";
    for (const params of [
      [secret],
      { b: secret },
      [{ [secret]: secret, constructor: { name: secret } }, 1],
      [[secret]],
    ]) {
      for (const text of ["select ?, ?", "select :a", "select 1", "select $1"]) {
        try {
          bindStatement(text, params as Params, "client");
        } catch (error) {
          expect(String(error)).not.toContain(secret);
          expect(JSON.stringify(error)).not.toContain(secret);
        }
      }
    }
    expect.hasAssertions();
  });

  it("takes a template, and no text that poses as one", () => {
    expect(bindStatement(sql`select ${1}`, undefined, "engine").values).toHaveLength(1);
    const bind = (statement: unknown, params?: Params) => () => bindStatement(statement as string, params, "engine");
    expect(bind(JSON.parse('{"text": "select 1", "params": []}'))).toThrow("not the type Object");
    expect(bind(undefined)).toThrow("not the type undefined");
    expect(bind(sql`select ${1}`, [1])).toThrow("has its values already");
  });
});
