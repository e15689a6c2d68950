/** A piece of SQL text. Blanks and comments are passed over. */
export interface SqlToken {
  /** `word` keywords, names and functions; `name` quoted names; `text` string literals; `sign` one character, `::` or `%%`. */
  readonly kind: "word" | "name" | "text" | "number" | "sign";
  /** As it stands, a word in lower case, a quoted name without its quotes and in lower case. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

// Letters of every script are letters here, as in DuckDB.
const letter = String.raw`(?:[a-z_]|(?!\s)[\u0080-\uffff])`;
const digitOrLetter = String.raw`(?:\w|(?!\s)[\u0080-\uffff])`;
/** A word as a pattern. A dollar sign stands in it, not at its beginning. */
export const wordPattern = `${letter}(?:${digitOrLetter}|\\$)*`;

// No repetition in another: the time is linear in the text, whatever it holds.
const blank = /\s+|--[^\n\r]*/y;
const lexeme = new RegExp(
  String.raw`(?<quote>e?'|["\`]|\$(?:${letter}${digitOrLetter}*)?\$)|(?<word>${wordPattern})|(?<number>\d+)|::|%%|[\s\S]`,
  "iy",
);
const commentEdge = /\/\*|\*\//g;

/**
 * Takes SQL text apart as PostgreSQL and DuckDB do:
 *
 * - `'…'` with `''` for a quote, where a backslash is a character like any other; `E'…'` with backslash escapes; `$$…$$` and `$tag$…$tag$`;
 * - `"…"` and `` `…` `` are names, with the quote doubled inside;
 * - `--` comments out the line, a slash and a star whatever follows up to their mirror image, and these nest;
 * - what is not finished reaches to the end of the text.
 */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  for (let start = 0; start < sql.length; ) {
    const passed = sql.startsWith("/*", start) ? commentEnd(sql, start) : matchEnd(blank, sql, start);
    if (passed > start) {
      start = passed;
      continue;
    }
    const token = readToken(sql, start);
    yield token;
    start = token.end;
  }
}

/** Whether a token is there and is this sign. */
export function isSign(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === "sign" && token.text === text;
}

/** Whether a token is there and is this word, given in lower case. */
export function isWord(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === "word" && token.text === text;
}

function readToken(sql: string, start: number): SqlToken {
  lexeme.lastIndex = start;
  const [text = "", ...groups] = lexeme.exec(sql) ?? [];
  const [quote, word, number] = groups;
  if (quote !== undefined) return readQuotation(sql, start, quote.toLowerCase());
  const end = start + text.length;
  if (word !== undefined) return { kind: "word", text: word.toLowerCase(), start, end };
  return { kind: number === undefined ? "sign" : "number", text, start, end };
}

function readQuotation(sql: string, start: number, quote: string): SqlToken {
  const contentStart = start + quote.length;
  if (quote.startsWith("$")) {
    const tag = sql.slice(start, contentStart);
    const close = sql.indexOf(tag, contentStart);
    return literal(sql, start, close < 0 ? sql.length : close + tag.length);
  }
  const end = quoteEnd(sql, contentStart, quote);
  if (quote === '"' || quote === "`") {
    const name = sql.slice(contentStart, end - 1).replaceAll(quote + quote, quote);
    return { kind: "name", text: name.toLowerCase(), start, end };
  }
  return literal(sql, start, quote === "e'" ? escapedEnd(sql, end) : end);
}

function literal(sql: string, start: number, end: number): SqlToken {
  return { kind: "text", text: sql.slice(start, end), start, end };
}

/** Where a quotation ends whose content begins at `at`. */
function quoteEnd(sql: string, at: number, quote: string): number {
  const sign = quote.slice(-1);
  const edge = new RegExp(quote === "e'" ? String.raw`''?|\\[\s\S]` : `${sign}${sign}?`, "g");
  edge.lastIndex = at;
  for (let found = edge.exec(sql); found !== null; found = edge.exec(sql)) {
    if (found[0] === sign) return edge.lastIndex;
  }
  return sql.length;
}

/** PostgreSQL and DuckDB join literals that a line break parts, and behind E'…' the escapes go on. */
function escapedEnd(sql: string, firstEnd: number): number {
  let end = firstEnd;
  let isBroken = false;
  for (let at = end; ; ) {
    const passed = matchEnd(blank, sql, at);
    if (passed > at) {
      isBroken ||= /[\n\r]/.test(sql.slice(at, passed));
      at = passed;
    } else if (isBroken && sql.charAt(at) === "'") {
      end = at = quoteEnd(sql, at + 1, "e'");
      isBroken = false;
    } else return end;
  }
}

/** Where a block comment ends that begins here. */
function commentEnd(sql: string, start: number): number {
  commentEdge.lastIndex = start;
  let depth = 0;
  for (let found = commentEdge.exec(sql); found !== null; found = commentEdge.exec(sql)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return commentEdge.lastIndex;
  }
  return sql.length;
}

function matchEnd(pattern: RegExp, sql: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(sql) ? pattern.lastIndex : at;
}
