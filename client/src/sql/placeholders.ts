import { isWord, type SqlToken, sqlTokens, wordPattern } from "./sql-tokens.ts";

/** How a statement marks the places of its parameters. */
export type PlaceholderStyle = "?" | "$1" | ":name" | "%(name)s";

/** The place of one parameter in a statement; of the style `%%`, a percent sign that is doubled outside of literals. */
export interface Placeholder {
  readonly style: PlaceholderStyle | "%%";
  /** What it asks for: a name, or digits; empty for `?`. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Whether it stands in the parentheses of an `IN (…)`, or in their place, where a list may be. */
  readonly inList: boolean;
  /** Whether it is all that those parentheses hold. */
  readonly isAlone: boolean;
  /** Whether it stands directly behind IN, so that the parentheses are missing. */
  readonly isBare: boolean;
  /** Whether it stands directly behind LIMIT or OFFSET. */
  readonly isLimit: boolean;
}

// The e of a literal E'…' is no name.
const markPattern = new RegExp(
  String.raw`%%|\?(?<count>\d*)|\$(?<number>\d+)|:(?!e')(?<name>${wordPattern})|%\((?<key>${wordPattern})\)s(?![\w$\u0080-\uffff])`,
  "iy",
);
const endOfList = /\s*\)/y;

/** Finds the placeholders of a statement, by the rules that stand at `Params`. */
export function findPlaceholders(sql: string): readonly Placeholder[] {
  const placeholders: Placeholder[] = [];
  const brackets: string[] = [];
  let before: SqlToken | undefined;
  let readTo = 0;
  for (const token of sqlTokens(sql)) {
    if (token.start < readTo) continue;
    const { kind, text, start } = token;
    const mark = kind === "sign" ? readMark(sql, start, before, brackets.at(-1)) : undefined;
    if (mark !== undefined) {
      placeholders.push(mark);
      readTo = mark.end;
    } else if (kind === "sign") {
      if ("([{".includes(text)) brackets.push(text === "(" && isWord(before, "in") ? "in" : text);
      else if (")]}".includes(text)) brackets.pop();
    }
    before = mark === undefined ? token : { kind: "number", text: "", start, end: mark.end };
  }
  return placeholders;
}

function readMark(
  sql: string,
  start: number,
  before: SqlToken | undefined,
  bracket: string | undefined,
): Placeholder | undefined {
  markPattern.lastIndex = start;
  const groups = markPattern.exec(sql)?.groups;
  if (groups === undefined) return undefined;
  const { count, number, name, key } = groups;
  if (name !== undefined && (bracket === "[" || isAttached(before, start))) return undefined;
  const end = markPattern.lastIndex;
  endOfList.lastIndex = end;
  const isBare = isWord(before, "in");
  const inList = isBare || bracket === "in";
  return {
    style: styleOf(groups),
    name: name ?? key ?? number ?? count ?? "",
    start,
    end,
    inList,
    isAlone: isBare || (inList && before?.text === "(" && endOfList.test(sql)),
    isBare,
    isLimit: isWord(before, "limit") || isWord(before, "offset"),
  };
}

function styleOf({ count, number, name, key }: Readonly<Record<string, string | undefined>>): Placeholder["style"] {
  if (name !== undefined) return ":name";
  if (key !== undefined) return "%(name)s";
  if (count === "") return "?";
  return (count ?? number) === undefined ? "%%" : "$1";
}

function isAttached(before: SqlToken | undefined, start: number): boolean {
  return before?.end === start && (before.kind !== "sign" || /[)\]}:]/.test(before.text));
}
