import { describe, expect, it } from "vitest";
import { sqlTokens, statementBody } from "./sql-text.ts";

const words = (sql: string): string[] => [...sqlTokens(sql)].map(({ text }) => text);

describe("sqlTokens()", () => {
  it("gives words in lower case, names without their quotes, and signs", () => {
    expect(words('Select "My ""Col" FROM t;')).toEqual(["select", 'my "col', "from", "t", ";"]);
  });

  it.each([
    ["a text", "a 'b; c' d"],
    ["a text with quotes", "a 'b'' c' d"],
    ["a text that ends with a backslash", "a 'b\\' d"],
    ["an escape text", "a E'b\\' c' d"],
    ["an escape text that goes on in the next line", "a e'b'\n  '\\' c' d"],
    ["dollar quotes", "a $$b ; c$$ d"],
    ["tagged dollar quotes", "a $x$ b $$ c $x$ d"],
    ["a line comment", "a -- b ; c\n d"],
    ["a comment in a comment", "a /* b /* c */ ; */ d"],
    ["a number", "a 12 d"],
  ])("passes over %s", (_what, sql) => {
    expect(words(sql)).toEqual(["a", "d"]);
  });

  it("takes a dollar inside a word as part of it", () => {
    expect(words("a$$ b $$ c")).toEqual(["a$$", "b", "$", "$", "c"]);
  });

  it("ends with an unfinished comment, and takes an unfinished text as signs", () => {
    expect(words("a /* b")).toEqual(["a"]);
    expect(words("a 'b")).toEqual(["a", "'", "b"]);
  });

  it("reads a long text in one go", () => {
    expect(words(`a '${"''x".repeat(300_000)}' d`)).toEqual(["a", "d"]);
  });
});

describe("statementBody()", () => {
  it.each([
    ["select 1", "select 1"],
    ["select 1;", "select 1"],
    ["select ';' ; -- bye;\n ;", "select ';' "],
  ])("ends %j at its semicolon", (sql, body) => {
    expect(statementBody(sql)).toBe(body);
  });

  it("leaves a comment that has no semicolon before it", () => {
    expect(statementBody("select 1 -- one")).toBe("select 1 -- one");
  });
});
