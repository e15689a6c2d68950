import { type E6Error, isE6Error } from "../src/error.ts";

/** The error of this library that a call throws. Anything else that happens fails the test. */
export function errorOf(run: () => unknown): E6Error {
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    if (isE6Error(error)) return error;
    throw error;
  }
  throw new Error(`nothing was thrown; the call returned ${String(result)}`);
}
