import type { WholeNumber } from "./whole-number.ts";

/** How a value that is not a message is written. Only what the engine's schema has: for another type of field no table can be made. */
export type Scalar = "bool" | "bytes" | "string" | WholeNumber;

/** What a field holds: a value, or a message. */
export type Held = Scalar | Table<unknown>;

/**
 * A field: its number, its name, what it holds (a string, where nothing is said), and how often. `?` is a field that may be absent,
 * as each message is; `[]` a list; without either, absent is the same as zero.
 */
export type Field = readonly [number: number, name: string, holds?: Held, often?: "?" | "[]"];

declare const described: unique symbol;

/** The fields of a message, in the order of their numbers. Generated, for a message of type `M`. */
export interface Table<out M> extends ReadonlyArray<Field> {
  /** Only the compiler sees this: it ties the table to its type. */
  readonly [described]?: M;
}

/** A unary method of a service. */
export interface Method<I extends object, O extends object> {
  readonly service: string;
  readonly name: string;
  readonly input: Table<I>;
  readonly output: Table<O>;
}

/** Any method, where its messages do not matter. */
export type AnyMethod = Method<object, object>;

/** A message as it is written: what is left out is absent. */
export type Init<M> = { readonly [Name in keyof M]?: InitValue<M[Name]> | undefined };

type InitValue<V> = V extends readonly (infer Item)[]
  ? readonly InitValue<Item>[]
  : V extends Uint8Array
    ? V
    : V extends object
      ? Init<V>
      : V;
