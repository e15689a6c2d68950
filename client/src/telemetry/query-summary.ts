import { type SqlToken, sqlTokens } from "../sql/sql-tokens.ts";

/** As far as a statement is read. */
const longestText = 16_384;
/** As long as the conventions let a summary become. */
const longestSummary = 255;

/** What a statement may begin with: whatever else it begins with is not told. */
const operations =
  /^(?:select|insert|update|delete|merge|with|values|create|alter|drop|truncate|show|describe|desc|explain|analyze|call|use|set|refresh|copy|grant|revoke|comment)$/;
/** Behind these and WITH … the statement proper begins. */
const prefixes = /^(?:explain|analyze|verbose)$/;
const changes = /^(?:insert|update|delete|merge)$/;
/** Operations with their target right behind them. */
const targeting = /^(?:update|truncate|describe|desc|call|use|copy)$/;
const beforeTarget = /^(?:from|join|into|overwrite|using|table|view|schema)$/;
const beforeRows = /^(?:from|join|using)$/;
const insideTarget = /^(?:if|not|exists|only|lateral)$/;
const afterTables = /^(?:where|group|order|having|limit|offset|union|intersect|except|window|set|values)$/;
/** Quoted names can hold anything, addresses with signatures among it. */
const harmlessName = /^["`][\p{L}\p{N}_$ -]{1,64}["`]$/u;

/** What stands between two parentheses, or outside of all. */
interface Nesting {
  /** True in a query: in `extract(year from day)` FROM names no table. */
  readonly isQuery: boolean;
  /** True between FROM and what ends its list of tables. */
  readonly inTables: boolean;
}

/**
 * The operations and the tables of a statement as they were written, in their order: `select orders customers`, `insert totals
 * select orders`. No literal, no column, no function and no comment is ever in it; empty where the statement begins with none of
 * the known operations. See "Generating a summary of the query" in OpenTelemetry's conventions for database spans.
 */
export function querySummary(sql: string): string {
  const tokens = firstTokens(sql);
  const outer: Nesting[] = [];
  let nesting: Nesting = { isQuery: true, inTables: false };
  let summary = "";
  /** What the next name is: a table's, or, where `rows` are wanted, a table's or a function's. */
  let wanted: "table" | "rows" | undefined;
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at];
    const end = targetEnd(tokens, at);
    const word = wordAt(tokens, at);
    let part = "";
    if (isSign(token, "(")) {
      outer.push(nesting);
      const inTables = wanted !== undefined && wordAt(tokens, at - 1) !== "using";
      wanted = inTables ? "rows" : undefined;
      nesting = { isQuery: inTables || isOperation(tokens, at + 1), inTables };
    } else if (isSign(token, ")")) {
      nesting = outer.pop() ?? nesting;
      wanted = undefined;
    } else if (isOperation(tokens, at)) {
      if (word !== "with") part = written(sql, tokens.slice(at, at + 1));
      nesting = { isQuery: true, inTables: false };
      wanted = targeting.test(word) ? "table" : undefined;
    } else if (statementStarts(tokens, at) && token?.kind !== "sign") {
      return summary;
    } else if (nesting.isQuery && beforeTarget.test(word) && wordAt(tokens, at - 1) !== "distinct") {
      nesting = { isQuery: true, inTables: nesting.inTables || word === "from" };
      wanted = beforeRows.test(word) ? "rows" : "table";
    } else if (afterTables.test(word)) {
      nesting = { ...nesting, inTables: false };
      wanted = undefined;
    } else if (wanted === undefined || !insideTarget.test(word)) {
      const isFunction = wanted === "rows" && isSign(tokens[end], "(");
      if (wanted !== undefined && summary !== "" && !isFunction) part = written(sql, tokens.slice(at, end));
      wanted = isSign(token, ",") && nesting.inTables ? "rows" : undefined;
    }
    if (summary.length + part.length >= longestSummary) return summary;
    if (part !== "") summary += summary === "" ? part : ` ${part}`;
    at = end;
  }
  return summary;
}

function firstTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  for (const token of sqlTokens(sql)) {
    if (token.end > longestText) break;
    tokens.push(token);
  }
  return tokens;
}

function isOperation(tokens: readonly SqlToken[], at: number): boolean {
  const word = wordAt(tokens, at);
  if (word === "select") return true;
  const begins = statementStarts(tokens, at) || prefixes.test(wordAt(tokens, at - 1));
  if (begins) return operations.test(word);
  // Behind WITH … AS (…), or in such a parenthesis; behind others these are functions.
  const before = tokens[at - 1];
  return changes.test(word) && (isSign(before, ")") || isSign(before, "(")) && !isSign(tokens[at + 1], "(");
}

function statementStarts(tokens: readonly SqlToken[], at: number): boolean {
  return at === 0 || isSign(tokens[at - 1], ";");
}

/** Where the name ends that begins here, with the parts that stand behind its points. */
function targetEnd(tokens: readonly SqlToken[], at: number): number {
  let last = at;
  while (isName(tokens[last]) && isSign(tokens[last + 1], ".") && isName(tokens[last + 2])) last += 2;
  return last + 1;
}

/** A name as it was written, without blanks and comments; nothing if one of its parts could be more than a name. */
function written(sql: string, tokens: readonly SqlToken[]): string {
  const parts = tokens.filter(isName).map(({ kind, start, end }) => ({ kind, text: sql.slice(start, end) }));
  const isHarmless = parts.every(({ kind, text }) => kind === "word" || harmlessName.test(text));
  return isHarmless ? parts.map(({ text }) => text).join(".") : "";
}

/** The keyword or the name without quotes that stands here; empty where something else does, or a part of a longer name. */
function wordAt(tokens: readonly SqlToken[], at: number): string {
  const token = tokens[at];
  return token?.kind === "word" && !isSign(tokens[at - 1], ".") ? token.text : "";
}

function isName(token: SqlToken | undefined): boolean {
  return token?.kind === "word" || token?.kind === "name";
}

function isSign(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === "sign" && token.text === text;
}
