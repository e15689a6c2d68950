import { bindStatement, type Params } from "../src/sql/bind-statement.ts";
import { sqlLiteral } from "../src/sql/literal.ts";
import { encodeParameter, type ParamScalar } from "../src/sql/param-value.ts";
import { findPlaceholders, type Placeholder } from "../src/sql/placeholders.ts";
import { isReadOnly } from "../src/sql/read-only.ts";
import { type SqlToken, sqlTokens } from "../src/sql/sql-tokens.ts";
import type { Verdict } from "./check-batch.ts";
import { must, outcomeOf } from "./ours.ts";
import { createRandom, type Random } from "./random.ts";

/** Pieces that mean something to a reader of SQL. */
const pieces = [
  ..."' '' \" ` \\ \\' -- /* */ /*! ; ? ?1 ?2 :a :b : :: $1 $2 $$ $a$ $a %(a)s %(b)s % %% E' ( ) [ ] { } , . = a x 1 2.5 1e5".split(
    " ",
  ),
  ..."select from with as in limit offset values explain analyze insert into update nextval next value recursive".split(
    " ",
  ),
  ..."é ß 😀 \u{10ffff} \u00a0 \u2028 \u3000 \ufeff \ud800 \udc00 \0".split(" "),
  ..." \n\r\t",
  "in (?)",
  "limit ?",
  "\u00a0",
  "\u3000",
];

/** A text of pieces that readers of SQL may understand in different ways. */
export function randomSql(random: Random): string {
  const text = Array.from({ length: random.below(random.chance(0.05) ? 300 : 20) }, () => random.pick(pieces)).join(
    random.chance(0.3) ? " " : "",
  );
  return random.chance(0.5) ? `select ${text}` : text;
}

const values: readonly ParamScalar[] = [
  null,
  true,
  0,
  -5,
  2.5,
  -0,
  2n ** 63n,
  "",
  "it's ?",
  "'''a''",
  "\\' -- /* $a$ %(a)s",
  "\0\u00a0\u3000",
  "😀",
  Uint8Array.of(0, 255),
  new Date(0),
];

/**
 * Reads an SQL text in every way that there is, with hostile values for its placeholders: whatever it holds, the statement around the values
 * stays as it was.
 *
 * @throws Finding, or what the client must not throw
 */
export function checkSql(sql: string, variant: number): Verdict {
  const tokens = [...sqlTokens(sql)];
  checkTokens(sql, tokens);
  must(!isReadOnly(sql) || !isReadOnly(`${sql}\n; drop table t`), "a second statement that writes is not seen");
  const marks = findPlaceholders(sql);
  const random = createRandom(variant, 0);
  const params = paramsFor(marks, random);
  const engine = outcomeOf(() => bindStatement(sql, params, "engine"), "INVALID_PARAMETER");
  const client = outcomeOf(() => bindStatement(sql, params, "client"), "INVALID_PARAMETER");
  must("error" in engine === "error" in client, "one way of binding takes what the other refuses");
  if ("error" in engine || "error" in client) return "refused";
  const given = marks.filter(({ style }) => style !== "%%").map((mark) => valueFor(mark, params, marks));
  must(engine.value.values.length === given.length, "there are more or fewer values than placeholders");
  const last = tokens.findLast(({ kind, text }) => kind !== "sign" || text !== ";");
  const statement = last === undefined || last === tokens.at(-1) ? sql : sql.slice(0, last.end);
  checkBound(
    statement,
    marks,
    engine.value.text,
    given.map(() => "?"),
  );
  checkBound(
    statement,
    marks,
    client.value.text,
    given.map((value, index) => literalOf(value, marks, index)),
  );
  return "read";
}

/** Tokens stand one behind the other, and between them only what is passed over. */
function checkTokens(sql: string, tokens: readonly SqlToken[]): void {
  let end = 0;
  for (const token of [...tokens, { start: sql.length, end: sql.length }]) {
    must(token.start >= end && token.end >= token.start && token.end <= sql.length, "tokens overlap");
    must([...sqlTokens(sql.slice(end, token.start))].length === 0, "something between tokens is a token");
    end = token.end;
  }
}

function paramsFor(marks: readonly Placeholder[], random: Random): Params {
  const styles = new Set(marks.map(({ style }) => style));
  const value = () => random.pick(values);
  if (styles.has("?")) return marks.filter(({ style }) => style !== "%%").map(value);
  if (!styles.has("$1")) return Object.fromEntries(marks.filter(({ name }) => name).map(({ name }) => [name, value()]));
  const highest = Math.max(...marks.map(({ name }) => Number(name)));
  return Array.from({ length: Math.min(highest, 20) }, value);
}

function valueFor(mark: Placeholder, params: Params, marks: readonly Placeholder[]): unknown {
  if (!Array.isArray(params)) return (params as Readonly<Record<string, unknown>>)[mark.name];
  const asked = marks.filter(({ style }) => style !== "%%");
  return params[mark.style === "?" ? asked.indexOf(mark) : Number(mark.name) - 1];
}

/** A text's literal, read by a pattern: it holds the text, all of it, and nothing else. */
function checkLiteral(literal: string, value: string): void {
  const parts = /^ \((?:concat\()?((?:(?:'(?:[^']|'')*'|chr\(\d+\))(?:, )?)+)\)?\)$/.exec(literal)?.[1] ?? "";
  const texts = Array.from(parts.matchAll(/'((?:[^']|'')*)'|chr\((\d+)\)/g), ([, quoted = "", code]) =>
    code === undefined ? quoted.replaceAll("''", "'") : String.fromCodePoint(Number(code)),
  );
  must(texts.join("") === value, "a text's literal is not the text");
}

function literalOf(value: unknown, marks: readonly Placeholder[], index: number): string {
  const encoded = encodeParameter(value, "a value");
  if (typeof value === "string") checkLiteral(sqlLiteral(encoded), value);
  const mark = marks.filter(({ style }) => style !== "%%")[index];
  return mark?.isLimit && encoded.type === "LONG" && /^\d+$/.test(encoded.value)
    ? ` ${encoded.value} `
    : sqlLiteral(encoded);
}

/** The text is the old one with what is written in the placeholders' places, and both fall into the same tokens there and around. */
function checkBound(sql: string, marks: readonly Placeholder[], bound: string, written: readonly string[]): void {
  const ranges: (readonly [start: number, end: number])[] = [];
  const named = marks.some(({ style }) => style === "%(name)s");
  let [expected, readTo, next] = ["", 0, 0];
  for (const mark of marks) {
    expected += sql.slice(readTo, mark.start);
    readTo = mark.end;
    if (mark.style === "%%") {
      expected += named ? "%" : "%%";
      continue;
    }
    const text = written[next++] ?? "";
    ranges.push([expected.length, expected.length + text.length]);
    expected += text;
  }
  must(bound === expected + sql.slice(readTo), "the text is not the old one with the values in their places");
  const tokens = [...sqlTokens(bound)];
  ranges.forEach(([start, end], index) => {
    const inside = tokens.filter((token) => token.start < end && token.end > start);
    const alone = [...sqlTokens(written[index] ?? "")].map(({ text }) => text);
    must(
      JSON.stringify(inside.map(({ text }) => text)) === JSON.stringify(alone),
      "a value and what is beside it grow together",
    );
  });
  const around = tokens.filter(({ start, end }) => !ranges.some((range) => start < range[1] && end > range[0]));
  const before = [...sqlTokens(sql)].filter(
    ({ start }) => !marks.some((mark) => start >= mark.start && start < mark.end),
  );
  const textsOf = (list: readonly SqlToken[]) =>
    JSON.stringify(list.map(({ text }) => text).filter((text) => !/^[%()]+$/.test(text)));
  must(textsOf(around) === textsOf(before), "the statement around the values is another");
}
