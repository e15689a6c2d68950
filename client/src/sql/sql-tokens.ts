/** A piece of SQL text. Blanks and comments are passed over. */
export interface SqlToken {
  /** `word` keywords, names and functions; `name` quoted names; `text` string literals; `sign` one character, `::` or `%%`. */
  readonly kind: "word" | "name" | "text" | "number" | "sign";
  /** As it stands, a word in lower case, a quoted name without its quotes and in lower case. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const wordStart = String.raw`(?:[a-z_]|(?!\s)[\u0080-\uffff])`;
const wordRest = String.raw`(?:[\w$]|(?!\s)[\u0080-\uffff])*`;
/** A word as a pattern. A dollar sign stands in it, not at its beginning. */
export const wordPattern = wordStart + wordRest;

const escapes = String.raw`[^'\\]*(?:(?:''|\\[\s\S]?)[^'\\]*)*`;
// PostgreSQL and DuckDB join literals that a line break parts; behind E'…' the escapes go on.
const lineBreak = String.raw`(?:[^\S\n\r]|--[^\n\r]*)*[\n\r](?:\s|--[^\n\r]*[\n\r])*`;
// Whatever is not finished reaches to the end of the text.
const pattern = new RegExp(
  [
    String.raw`(?<blank>\s+|--[^\n\r]*)`,
    String.raw`(?<text>e'${escapes}(?:'${lineBreak}'${escapes})*(?:'|$)|'[^']*(?:''[^']*)*(?:'|$)|(?<tag>\$(?:${wordStart}(?:\w|(?!\s)[\u0080-\uffff])*)?\$)[\s\S]*?(?:\k<tag>|$))`,
    String.raw`(?<name>"[^"]*(?:""[^"]*)*(?:"|$)|\`[^\`]*(?:\`\`[^\`]*)*(?:\`|$))`,
    `(?<word>${wordPattern})`,
    String.raw`(?<number>\d+)`,
    String.raw`(?<sign>::|%%|[\s\S])`,
  ].join("|"),
  "iy",
);

/**
 * Takes SQL text apart as PostgreSQL and DuckDB do:
 *
 * - `'…'` with `''` for a quote, where a backslash is a character like any other; `E'…'` with backslash escapes; `$$…$$` and `$tag$…$tag$`;
 * - `"…"` and `` `…` `` are names, with the quote doubled inside;
 * - `--` comments out the line, a slash and a star whatever follows up to their mirror image, and these nest.
 */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  for (let start = 0; start < sql.length; ) {
    const comment = commentEnd(sql, start);
    if (comment > start) {
      start = comment;
      continue;
    }
    pattern.lastIndex = start;
    const groups = pattern.exec(sql)?.groups ?? {};
    const { blank, text, name, word, number, sign = "" } = groups;
    const end = start + (blank ?? text ?? name ?? word ?? number ?? sign).length;
    if (text !== undefined) yield { kind: "text", text, start, end };
    else if (name !== undefined) yield { kind: "name", text: unquoted(name), start, end };
    else if (word !== undefined) yield { kind: "word", text: word.toLowerCase(), start, end };
    else if (number !== undefined) yield { kind: "number", text: number, start, end };
    else if (blank === undefined) yield { kind: "sign", text: sign, start, end };
    start = end;
  }
}

/** Where a block comment that begins here ends; `start` where none begins. */
function commentEnd(sql: string, start: number): number {
  if (!sql.startsWith("/*", start)) return start;
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  for (let depth = 0; ; ) {
    const found = edge.exec(sql);
    if (found === null) return sql.length;
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
}

function unquoted(name: string): string {
  const quote = name.charAt(0);
  return name
    .slice(1, -1)
    .replaceAll(quote + quote, quote)
    .toLowerCase();
}
