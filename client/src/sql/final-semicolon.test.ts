import { describe, expect, it } from "vitest";
import { withoutFinalSemicolon } from "./final-semicolon.ts";

describe("withoutFinalSemicolon()", () => {
  it.each([
    ["select 1;", "select 1"],
    ["select 1 ; \n", "select 1"],
    ["select 1;;", "select 1"],
    ["select 1; -- done;", "select 1"],
    ["select 1 /* ; */;", "select 1"],
    ["select ';';", "select ';'"],
    ["select 1; select 2;", "select 1; select 2"],
  ])("cuts it from %j", (given, cut) => {
    expect(withoutFinalSemicolon(given)).toBe(cut);
  });

  it.each([
    "select 1",
    "select 1 -- done;",
    "select ';'",
    'select ";"',
    "select $$;",
    "select 'open;",
    "select 1; select 2",
    "select 1 /* ; */",
    ";",
    " ; ",
    "",
  ])("leaves %j as it is", (given) => {
    expect(withoutFinalSemicolon(given)).toBe(given);
  });
});
