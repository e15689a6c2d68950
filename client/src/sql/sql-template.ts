import { invalidParameter } from "../invalid-parameter.ts";
import { encodeParameter, type ParamValue, typeName } from "./param-value.ts";
import { refused } from "./refused.ts";

// A symbol, so that nothing that was read from JSON can pose as a statement; a registered one, for another copy of the package.
const valuePositions: unique symbol = Symbol.for("e6data-web.valuePositions");

/** A statement, or a part of one, with its values. Made by {@link sql}. */
export interface SqlStatement {
  /** The text, with `?` for each value. */
  readonly text: string;
  /** The values in their order. */
  readonly params: readonly ParamValue[];
  /** Where in the text the values stand. */
  readonly [valuePositions]: readonly number[];
}

/** What can stand between `${` and `}`: a value, which is bound, or a part of a statement, which is put in. */
export type SqlInput = ParamValue | SqlStatement;

/** The template tag and its helpers. See {@link sql}. */
export interface SqlTag {
  (strings: TemplateStringsArray, ...inputs: SqlInput[]): SqlStatement;
  /**
   * A quoted name: `sql.identifier("sales", "fact")` is `"sales"."fact"`.
   *
   * @throws E6Error `INVALID_PARAMETER` where a name is empty, holds a NUL or is no text
   */
  identifier(...names: readonly string[]): SqlStatement;
  /** Text that goes into the statement as it is. The escape from all safety: never give it what a user typed. */
  raw(text: string): SqlStatement;
  /**
   * Values or parts one after the other.
   *
   * @param separator default: a comma
   * @throws E6Error `INVALID_PARAMETER` for an empty list
   */
  join(inputs: readonly SqlInput[], separator?: SqlStatement): SqlStatement;
}

/**
 * A statement with bound values: `` sql`select * from ${sql.identifier(table)} where id in (${ids}) and ${filter}` ``. Values never become
 * text of the statement; parts made by `sql` do, with their values.
 *
 * @throws E6Error `INVALID_PARAMETER` for a value that cannot be a parameter, by its place and type
 */
export const sql: SqlTag = /* @__PURE__ */ Object.assign(template, { identifier, raw, join });

/** Tells whether a value was made by {@link sql}. */
export function isSqlStatement(value: unknown): value is SqlStatement {
  return typeof value === "object" && value !== null && valuePositions in value;
}

/** Where the values of a statement stand in its text. */
export function positionsOf(statement: SqlStatement): readonly number[] {
  return statement[valuePositions];
}

function template(strings: TemplateStringsArray, ...inputs: SqlInput[]): SqlStatement {
  // Called as a function it would take any text for trusted.
  if (!Array.isArray(strings) || !Array.isArray(strings.raw)) {
    throw invalidParameter("sql is a template tag", "Write sql`…`; sql.raw() takes trusted text.");
  }
  const parts = strings.map((text: string | undefined) => {
    if (text === undefined) throw refused("the text of sql`…`", "holds an invalid escape");
    return text;
  });
  return concat(parts.flatMap((text, i) => (i < inputs.length ? [raw(text), toStatement(inputs[i], i)] : [raw(text)])));
}

function identifier(...names: readonly string[]): SqlStatement {
  const quoted = names.map((name) => {
    if (typeof name !== "string" || name === "" || name.includes("\0") || !name.isWellFormed()) {
      throw refused("a name of sql.identifier()", "is empty, holds a NUL or is no text");
    }
    return `"${name.replaceAll('"', '""')}"`;
  });
  if (quoted.length === 0) throw refused("sql.identifier()", "needs a name");
  return raw(quoted.join("."));
}

function raw(text: string): SqlStatement {
  if (typeof text !== "string") throw refused("sql.raw()", `takes text, not the type ${typeName(text)}`);
  return { text, params: [], [valuePositions]: [] };
}

function join(inputs: readonly SqlInput[], separator: SqlStatement = raw(", ")): SqlStatement {
  if (inputs.length === 0) throw refused("sql.join()", "needs something to join");
  if (!isSqlStatement(separator)) throw refused("the separator of sql.join()", "is not made by sql");
  return concat(inputs.flatMap((input, i) => (i === 0 ? [] : [separator]).concat(toStatement(input, i))));
}

function toStatement(input: SqlInput | undefined, index: number): SqlStatement {
  if (isSqlStatement(input)) return input;
  const name = `value ${index + 1} of sql`;
  // Refused here, where the caller's line is on the stack.
  if (!Array.isArray(input)) encodeParameter(input, name);
  else for (const item of input) encodeParameter(item, name);
  return { text: "?", params: [input as ParamValue], [valuePositions]: [0] }; // It was encoded.
}

function concat(parts: readonly SqlStatement[]): SqlStatement {
  let text = "";
  const positions: number[] = [];
  for (const part of parts) {
    for (const position of part[valuePositions]) positions.push(text.length + position);
    text += part.text;
  }
  return { text, params: parts.flatMap(({ params }) => params), [valuePositions]: positions };
}
