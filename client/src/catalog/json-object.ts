import { invalidParameter } from "../invalid-parameter.ts";

/** Writes a plain object as JSON. Throws `INVALID_PARAMETER` for anything else, `what` being its name. */
export function writeJsonObject(value: unknown, what: string): string {
  const prototype: unknown = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw invalidParameter(`${what} are not an object`, "pass an object of names and values");
  }
  try {
    return JSON.stringify(value);
  } catch {
    // The reason may quote the value.
    throw invalidParameter(`${what} cannot be written as JSON`, "leave out bigints and circles");
  }
}
