import type { E6Error } from "../error.ts";
import { withoutFinalSemicolon } from "./final-semicolon.ts";
import { sqlLiteral } from "./literal.ts";
import { type EncodedParameter, encodeParameter, isList, type ParamValue, typeName } from "./param-value.ts";
import { findPlaceholders, type Placeholder } from "./placeholders.ts";
import { refused } from "./refused.ts";
import { isSqlStatement, positionsOf, type SqlStatement } from "./sql-template.ts";

/**
 * The values of a statement's placeholders, of which one kind may stand in a statement: `?` and `$1` take a list, `:name` and `%(name)s` an
 * object. Nothing inside a literal, a quoted name or a comment is a placeholder.
 *
 * - `?`; with digits behind it (`?1`) it is `$1`.
 * - `$1` unless it continues a word (`a$1`).
 * - `:name` with no blank behind the colon, and not directly behind a word, a number, a literal, a name, a closing bracket or another
 *   colon: `x::date`, `a:b` are none. Directly inside `[…]` it never is one, since `[:n]` and `[a :n]` are slices: write `[(:n)]`.
 * - `%(name)s`, with no blank in it; where one occurs, `%%` outside of literals is a percent sign.
 *
 * A text without params goes to the engine as it is, but for semicolons at its end.
 */
export type Params = readonly ParamValue[] | Readonly<Record<string, ParamValue>>;

/** A value for the `index`-th `?` of a statement, counted from 0. */
export interface BoundValue {
  readonly index: number;
  readonly type: string;
  readonly value: string;
}

/** A statement that an engine can run, and the values that go with it. */
export interface BoundStatement {
  readonly text: string;
  readonly values: readonly BoundValue[];
}

/** Who puts the values into a statement: the `engine`, or the `client`, which writes them into the text as literals. */
export type Binding = "engine" | "client";

/** Most values of one statement, the items of lists counted one by one. */
export const maxValues = 65_535;

/** Puts the values that were read into a statement's text. */
export type Bind = (binding: Binding) => BoundStatement;

/** As {@link readStatement}, for one binding. */
export function bindStatement(
  statement: string | SqlStatement,
  params: Params | undefined,
  binding: Binding,
): BoundStatement {
  return readStatement(statement, params)(binding);
}

/**
 * Reads the values for a statement's placeholders, which {@link Params} tells: once and all of them, so that what is bound stays
 * the same whatever becomes of `params`.
 *
 * A list stands only in an `IN (…)`, whose parentheses may be left out; an empty one there, alone, is an empty subquery: `IN` is false, `NOT IN` true. Written by the
 * client, integers behind LIMIT and OFFSET are plain digits.
 *
 * @throws E6Error `INVALID_PARAMETER`, which names the parameter and never its value: kinds mixed, a value missing, too many or of a type
 * that has no rule, a placeholder of an `` sql`…` `` inside a literal
 */
export function readStatement(statement: string | SqlStatement, params: Params | undefined): Bind {
  if (typeof statement === "string") {
    const text = withoutFinalSemicolon(statement);
    return params === undefined ? () => ({ text, values: [] }) : read(text, params);
  }
  if (!isSqlStatement(statement))
    throw refused("a statement", `is text or sql\`…\`, not the type ${typeName(statement)}`);
  if (params !== undefined) throw refused("an sql`…` statement", "has its values already");
  return read(withoutFinalSemicolon(statement.text), statement.params, positionsOf(statement));
}

type Style = Placeholder["style"];

/** A value that stands in the place of a mark. */
interface Slot extends EncodedParameter {
  readonly mark: Placeholder;
}

function read(sql: string, params: Params, positions?: readonly number[]): Bind {
  const marks = findPlaceholders(sql);
  const placeholders = marks.filter(({ style }) => style !== "%%");
  const style = onlyStyle(placeholders);
  if (positions !== undefined) checkPositions(placeholders, positions);
  const given = givenValues(params, placeholders, style);
  const pieces: (string | Slot)[] = [];
  let readTo = 0;
  let next = 0;
  let count = 0;
  for (const mark of marks) {
    pieces.push(sql.slice(readTo, mark.start));
    const value = mark.style === "%%" ? undefined : given[next++];
    const filled = value === undefined ? [style === "%(name)s" ? "%" : "%%"] : fill(mark, value);
    for (const piece of filled) {
      if (isSlot(piece) && ++count > maxValues) throw tooMany();
      pieces.push(piece);
    }
    readTo = mark.end;
  }
  pieces.push(sql.slice(readTo));
  return (binding) => write(pieces, binding);
}

function write(pieces: readonly (string | Slot)[], binding: Binding): BoundStatement {
  const text = pieces
    .map((piece) => (isSlot(piece) ? (binding === "engine" ? "?" : literalOf(piece)) : piece))
    .join("");
  const slots = binding === "engine" ? pieces.filter(isSlot) : [];
  return { text, values: slots.map(({ type, value }, index) => ({ index, type, value })) };
}

function isSlot(piece: string | Slot): piece is Slot {
  return typeof piece !== "string";
}

function literalOf({ mark, ...encoded }: Slot): string {
  return mark.isLimit && /^\d+$/.test(encoded.value) && encoded.type === "LONG"
    ? ` ${encoded.value} `
    : sqlLiteral(encoded);
}

function onlyStyle(placeholders: readonly Placeholder[]): Style | undefined {
  const style = placeholders[0]?.style;
  const other = placeholders.find((placeholder) => placeholder.style !== style);
  if (other !== undefined)
    throw refused("a statement", `mixes the placeholders ${style} and ${other.style}: use one kind`);
  return style;
}

/** The values of an `` sql`…` `` have to stand where a `?` is seen as a placeholder, and no other may stand there. */
function checkPositions(placeholders: readonly Placeholder[], positions: readonly number[]): void {
  const starts = new Set(placeholders.map(({ start }) => start));
  const hidden = positions.findIndex((position) => !starts.has(position));
  if (hidden >= 0) throw refused(`value ${hidden + 1} of sql`, "stands inside a literal, a quoted name or a comment");
  if (starts.size > positions.length) throw refused("the text of sql`…`", "has a placeholder of its own");
}

/** A value, and what an error calls it. */
interface GivenValue {
  readonly name: string;
  readonly value: unknown;
}

/** The values in the order of their placeholders. */
function givenValues(params: Params, placeholders: readonly Placeholder[], style: Style | undefined): GivenValue[] {
  const isNamed = isRecord(params);
  if (!isNamed && !isList(params))
    throw refused("parameters", `are a list or an object, not the type ${typeName(params)}`);
  if (style !== undefined && isNamed !== (style === ":name" || style === "%(name)s")) {
    throw refused("parameters", `for ${style} are ${isNamed ? "a list" : "an object"}`);
  }
  const given = new Map<string, unknown>(
    isNamed ? Object.entries(params) : params.map((value, i) => [`${i + 1}`, value]),
  );
  const wanted = placeholders.map(({ name }, i) => (style === "?" ? `${i + 1}` : name));
  const asked = new Set(wanted);
  refuseAny(
    "no value for",
    [...asked].filter((name) => !given.has(name)),
    style,
  );
  refuseAny(
    "no placeholder for",
    [...given.keys()].filter((name) => !asked.has(name)),
    style,
  );
  return wanted.map((name) => ({ name: labelOf(name, style), value: given.get(name) }));
}

function refuseAny(problem: string, names: readonly string[], style: Style | undefined): void {
  if (names.length === 0) return;
  const listed = names.slice(0, 10).map((name) => labelOf(name, style));
  throw refused("there is", `${problem} ${listed.join(", ")}${names.length > listed.length ? ", …" : ""}`);
}

function labelOf(name: string, style: Style | undefined): string {
  if (style === ":name") return `:${name}`;
  if (style === "%(name)s") return `%(${name})s`;
  return style === "$1" ? `$${name}` : `value ${name}`;
}

/** What stands in a placeholder's place. */
function fill(mark: Placeholder, { name, value }: GivenValue): (string | Slot)[] {
  if (!isList(value)) return [{ mark, ...encodeParameter(value, name) }];
  if (!mark.inList) throw refused(name, "is a list, which stands in IN (…) only");
  if (value.length === 0 && !mark.isAlone) throw refused(name, "is an empty list, which stands alone in IN (…) only");
  // Before anything is made of them.
  if (value.length > maxValues) throw tooMany();
  const items = value.flatMap((item, i) => [i === 0 ? "" : ", ", { mark, ...encodeParameter(item, name) }]);
  const filled = value.length === 0 ? ["SELECT NULL WHERE 1 = 0"] : items;
  return mark.isBare ? [" (", ...filled, ")"] : filled;
}

function tooMany(): E6Error {
  return refused("a statement", `has at most ${maxValues} values`);
}

function isRecord(params: Params): params is Readonly<Record<string, ParamValue>> {
  if (typeof params !== "object" || params === null) return false;
  const prototype: unknown = Object.getPrototypeOf(params);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
