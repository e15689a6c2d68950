import type { JsonValue, PlainValue, Value } from "e6data-web";
import type fc from "fast-check";

/** A value as a test makes it up, before any engine has seen it. */
export interface Sample {
  /** What the engine is given: the text that it casts. */
  readonly given: string;
  /** The exact value's text, as {@link exactText} writes it. */
  readonly text: string;
  readonly json: JsonValue;
  /** The plain value; `lost` where none holds all of the exact one. */
  readonly plain: PlainValue | typeof lost;
}

/** Stands for a plain value that there is not. */
export const lost: unique symbol = Symbol("lost");

/** A type of the engine, with values of its whole range. */
export interface ExactType {
  readonly name: string;
  /** The SQL that makes a value of the text `s`. */
  readonly sql: string;
  readonly samples: fc.Arbitrary<Sample>;
  /** Default: none. */
  readonly witness?: Witness;
}

/** What the engine itself says of a value. */
export interface Witness {
  /** The SQL of its text for the value `v`. */
  readonly sql: string;
  /** What the client's value is in the engine's words; `said` is what the engine said. */
  readonly of: (value: Exclude<Value, null>, said: string) => string;
}

/** An exact value as text: -0 keeps its sign, bytes are hex digits. */
export function exactText(value: Value): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return Object.is(value, -0) ? "-0" : String(value);
}
