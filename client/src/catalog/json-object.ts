import { E6Error } from "../error.ts";

/** Writes a plain object as JSON. Throws `INVALID_PARAMETER` for anything else, `what` being its name. */
export function writeJsonObject(value: unknown, what: string): string {
  const prototype: unknown = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new E6Error("INVALID_PARAMETER", `${what} are not an object`, { hint: "pass an object of names and values" });
  }
  try {
    return JSON.stringify(value);
  } catch {
    // The reason may quote the value.
    throw new E6Error("INVALID_PARAMETER", `${what} cannot be written as JSON`, {
      hint: "leave out bigints and circles",
    });
  }
}
