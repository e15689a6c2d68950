import { E6Error } from "./error.ts";

/** What an option has to be: the test, and the words for it. */
export type Check = readonly [test: (value: unknown) => boolean, words: string];

/** Checks of options by their names. */
export type Checks = Readonly<Record<string, Check>>;

/** For options that are looked at elsewhere. */
export const anything: Check = [() => true, ""];

/** True or false. */
export const flag: Check = [(value) => typeof value === "boolean", "true or false"];

/** A function: it cannot be checked further without calling it. */
export const callable: Check = [(value) => typeof value === "function", "a function"];

/** A text, as long as any name may be. */
export const text: Check = [
  (value) => typeof value === "string" && value.length <= 4096,
  "a text of at most 4096 characters",
];

/** Where unqualified names are looked up. */
export const placeChecks: Checks = { catalog: text, schema: text };

/** A number from `least` to `most`. */
export function numberFrom(least: number, most: number): Check {
  return [(value) => typeof value === "number" && value >= least && value <= most, `a number from ${least} to ${most}`];
}

/** A whole number from `least` to `most`. */
export function wholeNumberFrom(least: number, most: number): Check {
  const [inRange, words] = numberFrom(least, most);
  return [(value) => Number.isInteger(value) && inRange(value), words.replace("number", "whole number")];
}

/**
 * Checks options, which are those of `checks` and no others; one that is undefined is left out. Throws `INVALID_OPTION`, naming option, cause
 * and remedy; the value of an option is never repeated, for it may be a secret in the wrong place.
 */
export function checkAll(options: object, checks: Checks, where: string): void {
  // Not every caller is compiled by TypeScript.
  if (typeof options !== "object" || options === null) {
    throw invalidOption("options", `of ${where} is not an object`, "pass one");
  }
  rejectUnknown(options, new Set(Object.keys(checks)), where);
  for (const [name, value] of Object.entries(options)) {
    const [test, words] = checks[name] ?? anything;
    if (value !== undefined && !test(value)) {
      throw invalidOption(name, `is not ${words}`, `pass ${words}, or leave it out`);
    }
  }
}

/** Throws `INVALID_OPTION` if `given` has a key that is not in `names`. */
export function rejectUnknown(given: object, names: ReadonlySet<string>, where: string): void {
  const unknown = Object.keys(given).find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw invalidOption(unknown, `is not known to ${where}`, `remove it; known are: ${[...names].join(", ")}`);
  }
}

/** The error for a wrong option, in the one form that all of them have. */
export function invalidOption(name: string, cause: string, remedy: string): E6Error {
  return new E6Error("INVALID_OPTION", `option "${name}" ${cause}: ${remedy}`, { hint: remedy });
}
