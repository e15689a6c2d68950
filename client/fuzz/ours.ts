import { type E6Error, isE6Error } from "../src/error.ts";
import type { E6ErrorCode } from "../src/error-code.ts";

/** What a call came to: its value, or an error of the client's with one of the codes that it promises. */
export type Outcome<Value> = { readonly value: Value } | { readonly error: E6Error };

/** Runs a call to its end or to an error that its documentation promises. @throws whatever else it throws */
export function outcomeOf<Value>(run: () => Value, ...codes: readonly E6ErrorCode[]): Outcome<Value> {
  try {
    return { value: run() };
  } catch (error) {
    if (isE6Error(error) && codes.includes(error.code) && error.message !== "") return { error };
    throw error;
  }
}

/** What was found wrong: the fuzzer's own error. */
export class Finding extends Error {
  override readonly name = "Finding";
}

/** @throws Finding unless what must hold does */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Finding(what);
}
