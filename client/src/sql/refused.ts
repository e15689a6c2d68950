import type { E6Error } from "../error.ts";
import { invalidParameter } from "../invalid-parameter.ts";

/** An error that names a value, by its place and never by what it holds. */
export function refused(name: string, problem: string, hint?: string): E6Error {
  return invalidParameter(`${name} ${problem}`, hint);
}
