import { type E6Error, isE6Error } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";

const passing: ReadonlySet<E6ErrorCode> = new Set([
  "NETWORK",
  "GATEWAY",
  "DEADLINE_EXCEEDED",
  "RATE_LIMITED",
  "RESOURCE_EXHAUSTED",
]);

/** True for the failure of a question that may find its answer when it is asked again a while later. */
export function isPassingFailure(error: unknown): error is E6Error {
  return isE6Error(error) && passing.has(error.code);
}
