import { describe, expect, it } from "vitest";
import { sqlTokens } from "./sql-tokens.ts";

const read = (sql: string) => [...sqlTokens(sql)].map(({ kind, text }) => `${kind} ${text}`);

describe("sqlTokens()", () => {
  // DuckDB reads them so, save for backquotes, which it does not know: `parameters.road.test.ts` of edge compares the two.
  it.each<[string, readonly string[]]>([
    ["", []],
    ["SELECT a1$x", ["word select", "word a1$x"]],
    ["é\u00a0ß", ["word é", "word ß"]],
    ["1e5", ["number 1", "word e5"]],
    ["'it''s' 'b\\' c", ["text 'it''s'", "text 'b\\'", "word c"]],
    ["E'it\\'s' a", ["text E'it\\'s'", "word a"]],
    ["e'a\\\\' b", ["text e'a\\\\'", "word b"]],
    ["E'a' -- '\n 'b\\'c' d", ["text E'a' -- '\n 'b\\'c'", "word d"]],
    ["E'a' 'b\\' c", ["text E'a'", "text 'b\\'", "word c"]],
    ["E'a' /* \n */ 'b\\' c", ["text E'a'", "text 'b\\'", "word c"]],
    ["'a'\n'b\\' c", ["text 'a'", "text 'b\\'", "word c"]],
    ["$$a'$b$ $$ c", ["text $$a'$b$ $$", "word c"]],
    ["$b$a$$'$b$ c", ["text $b$a$$'$b$", "word c"]],
    ["a$$ b", ["word a$$", "word b"]],
    ["$1 + $", ["sign $", "number 1", "sign +", "sign $"]],
    ['"A""b" `C``d`', ['name a"b', "name c`d"]],
    ["a -- b\nc -- d\re -- \u2028 f", ["word a", "word c", "word e"]],
    ["a /* b /* ' */ ' */ c */ d", ["word a", "word c", "sign *", "sign /", "word d"]],
    ["a /* b", ["word a"]],
    ["a::b %% c:d", ["word a", "sign ::", "word b", "sign %%", "word c", "sign :", "word d"]],
    ["a 'b", ["word a", "text 'b"]],
    ["a E'b\\", ["word a", "text E'b\\"]],
    ["a $$b", ["word a", "text $$b"]],
  ])("reads %j", (sql, tokens) => {
    expect(read(sql)).toEqual(tokens);
  });

  it("covers the text with its tokens, blanks and comments aside", () => {
    const sql = "a/*x*/'b' -- c\n\"d\" $$e$$";
    expect([...sqlTokens(sql)].map(({ start, end }) => sql.slice(start, end))).toEqual(["a", "'b'", '"d"', "$$e$$"]);
  });

  it.each([
    `'${"''".repeat(2 ** 20)}`,
    `"${'""'.repeat(2 ** 20)}`,
    `E'${"\\'".repeat(2 ** 20)}`,
    `E'a'${"--".repeat(2 ** 20)}`,
    `E'a'${" --\n".repeat(2 ** 20)}x`,
    `${"/*".repeat(2 ** 20)}`,
    `$a$${"$".repeat(2 ** 20)}`,
  ])("reads a hostile text to its end, case %#", (sql) => {
    expect([...sqlTokens(sql)].length).toBeLessThan(3);
  });
});
