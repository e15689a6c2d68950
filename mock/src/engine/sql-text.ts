/** A word or a sign of SQL text. Strings, numbers, comments and blanks are passed over. */
export interface SqlToken {
  /** The word in lower case (a quoted name without its quotes), or the sign itself. */
  readonly text: string;
  readonly kind: "word" | "name" | "sign";
  readonly start: number;
  readonly end: number;
}

// Each pattern is tried at one position ("y"), the first that fits wins. They follow PostgreSQL's scanner, as DuckDB does.
const passedOver = [
  /\s+/y,
  /--[^\n\r]*/y,
  /\d+/y,
  // An escape string goes on in the next line's quotes, still with escapes.
  /e'[^'\\]*(?:(?:''|\\[\s\S])[^'\\]*)*(?:'[^\S\n\r]*[\n\r]\s*'[^'\\]*(?:(?:''|\\[\s\S])[^'\\]*)*)*'/iy,
  /'[^']*(?:''[^']*)*'/y,
  /(\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[\s\S]*?\1/iy,
];
const wordPattern = /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy;
const namePattern = /"[^"]*(?:""[^"]*)*"/y;

/** The words and signs of a text in their order. An unfinished string or comment ends them. */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  let at = 0;
  while (at < sql.length) {
    const passed = passOver(sql, at);
    if (passed > at) {
      at = passed;
      continue;
    }
    const token = tokenAt(sql, at);
    yield token;
    at = token.end;
  }
}

/** The text of the first statement: without its semicolon and what follows it. It may end with a comment. */
export function statementBody(sql: string): string {
  let end = sql.length;
  for (const token of sqlTokens(sql)) {
    if (token.text === ";" && token.kind === "sign") {
      end = token.start;
      break;
    }
  }
  return sql.slice(0, end);
}

function passOver(sql: string, at: number): number {
  if (sql.startsWith("/*", at)) {
    return endOfComment(sql, at);
  }
  for (const pattern of passedOver) {
    const end = matchEnd(pattern, sql, at);
    if (end > at) {
      return end;
    }
  }
  return at;
}

/** Comments nest. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at++) {
    if (sql.startsWith("/*", at)) {
      depth++;
      at++;
    } else if (sql.startsWith("*/", at)) {
      depth--;
      at++;
      if (depth === 0) {
        return at + 1;
      }
    }
  }
  return sql.length;
}

function tokenAt(sql: string, start: number): SqlToken {
  const wordEnd = matchEnd(wordPattern, sql, start);
  if (wordEnd > start) {
    return { text: sql.slice(start, wordEnd).toLowerCase(), kind: "word", start, end: wordEnd };
  }
  const nameEnd = matchEnd(namePattern, sql, start);
  if (nameEnd > start) {
    const text = sql.slice(start + 1, nameEnd - 1).replaceAll('""', '"');
    return { text: text.toLowerCase(), kind: "name", start, end: nameEnd };
  }
  return { text: sql.charAt(start), kind: "sign", start, end: start + 1 };
}

function matchEnd(pattern: RegExp, sql: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(sql) ? pattern.lastIndex : at;
}
