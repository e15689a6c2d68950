import { describe, expect, it } from "vitest";
import { bindStatement } from "./bind-statement.ts";
import { type SqlInput, type SqlStatement, sql } from "./sql-template.ts";

const bound = (statement: SqlStatement) => {
  const { text, values } = bindStatement(statement, undefined, "engine");
  return [text, ...values.map(({ value }) => value)];
};

describe("sql`…`", () => {
  it("binds values", () => {
    expect(bound(sql`select ${1}, ${"it's"}, '?' where x in (${[1, 2]})`)).toEqual([
      "select ?, ?, '?' where x in (?, ?)",
      "1",
      "it's",
      "1",
      "2",
    ]);
  });

  it("is put together of parts, each with its values", () => {
    const filter = sql`a = ${1} and ${sql`b = ${2}`}`;
    expect(bound(sql`select ${0} where ${filter} or c = ${3}`)).toEqual([
      "select ? where a = ? and b = ? or c = ?",
      "0",
      "1",
      "2",
      "3",
    ]);
  });

  it("keeps escapes as JavaScript reads them", () => {
    expect(sql`a\n${1}\\`.text).toBe("a\n?\\");
  });

  it.each<[unknown, string]>([
    [undefined, "value 2 of sql is of the type undefined"],
    [{ a: 1 }, "value 2 of sql is of the type Object"],
    [Promise.resolve(1), "value 2 of sql is of the type Promise"],
    [() => 1, "value 2 of sql is of the type function"],
    [Symbol("a"), "value 2 of sql is of the type symbol"],
    [[1, {}], "value 2 of sql is of the type Object"],
    [{ text: "drop table x", params: [] }, "value 2 of sql is of the type Object"],
  ])("refuses %o at once", (value, problem) => {
    expect(() => sql`select ${1}, ${value as SqlInput}`).toThrow(problem);
  });

  it("is no function", () => {
    const call = sql as unknown as (text: unknown) => unknown;
    expect(() => call("select 1")).toThrow("sql is a template tag");
    expect(() => call(["select 1"])).toThrow("sql is a template tag");
    expect(() => call({ raw: ["select 1"] })).toThrow("sql is a template tag");
  });

  it.each([
    [sql`select '${1}'`],
    [sql`select ${2} -- ${1}`],
    [sql`select "${1}"`],
    [sql`select $$${1}$$`],
    [sql`select '${sql`${1}`}'`],
    [sql`select ${sql.raw("'")}${1}'`],
    [sql`select /* ${1}`],
    // One placeholder of the text's own for one hidden value.
    [sql`select ?, '${1}'`],
  ])("refuses a value where it is no parameter, case %#", (statement) => {
    expect(() => bound(statement)).toThrow(/value \d of sql stands inside a literal, a quoted name or a comment/);
  });

  it("refuses placeholders in its text", () => {
    expect(() => bound(sql`select ?, ${1}`)).toThrow("has a placeholder of its own");
    expect(() => bound(sql`select ${sql.raw("?")}`)).toThrow("has a placeholder of its own");
    expect(() => bound(sql`select :a, ${1}`)).toThrow("mixes the placeholders");
  });
});

describe("sql.identifier()", () => {
  it("quotes names", () => {
    expect(bound(sql`select * from ${sql.identifier("a.b", 'c"; drop table d --', "?")}`)).toEqual([
      'select * from "a.b"."c""; drop table d --"."?"',
    ]);
  });

  it.each([[""], ["a\0"], ["\ud800"], [1], [undefined], [["a"]]])("refuses %o", (name) => {
    expect(() => sql.identifier("a", name as string)).toThrow("a name of sql.identifier()");
  });

  it("needs a name", () => {
    expect(() => sql.identifier()).toThrow("needs a name");
  });
});

describe("sql.raw()", () => {
  it("is text as it stands", () => {
    expect(bound(sql`select 1 ${sql.raw("order by 1 desc")}`)).toEqual(["select 1 order by 1 desc"]);
  });

  it("takes text only", () => {
    expect(() => sql.raw(1 as unknown as string)).toThrow("not the type number");
  });
});

describe("sql.join()", () => {
  it("puts commas between values and parts", () => {
    expect(bound(sql`values (${sql.join([1, sql`${2} + ${3}`, null])})`)).toEqual([
      "values (?, ? + ?, ?)",
      "1",
      "2",
      "3",
      "",
    ]);
  });

  it("takes another separator", () => {
    expect(bound(sql`where ${sql.join([sql`a = ${1}`, sql`b = ${2}`], sql` and `)}`)).toEqual([
      "where a = ? and b = ?",
      "1",
      "2",
    ]);
  });

  it("refuses an empty list and a separator of text", () => {
    expect(() => sql.join([])).toThrow("something to join");
    expect(() => sql.join([1], " or " as unknown as SqlStatement)).toThrow("the separator of sql.join()");
  });
});
