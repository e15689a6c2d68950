import { isIP } from "node:net";
import { resolve } from "node:path";
import type { Parsed, Range, Rule } from "./reader.ts";

/** A rule for everything that a test of its own accepts. */
export function rule<T>(expects: string, read: (value: unknown) => T | undefined): Rule<T> {
  return {
    expects,
    parse(value): Parsed<T> {
      const result = read(value);
      return result === undefined ? { problem: `must be ${expects}` } : { value: result };
    },
  };
}

/** A whole number; both ends are included. */
export function integer(min: number, max: number): Rule<number> {
  return rule(`a whole number from ${min} to ${max}`, (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max ? value : undefined,
  );
}

/** A number; both ends are included. */
export function number(min: number, max: number): Rule<number> {
  return rule(`a number from ${min} to ${max}`, (value) =>
    typeof value === "number" && value >= min && value <= max ? value : undefined,
  );
}

/** `true` or `false`. */
export const flag: Rule<boolean> = rule("true or false", (value) => (typeof value === "boolean" ? value : undefined));

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]): Rule<T> {
  return rule(words.map((word) => JSON.stringify(word)).join(" or "), (value) => words.find((word) => word === value));
}

/** A text of which a pattern, anchored at both ends, says what it may be. */
export function text(expects: string, pattern: RegExp): Rule<string> {
  return rule(expects, (value) => (typeof value === "string" && pattern.test(value) ? value : undefined));
}

/** A list of values that each follow a rule. The first that does not is what an error tells of. */
export function listOf<T>(item: Rule<T>, { min, max }: Range): Rule<readonly T[]> {
  const expects = `a list of ${min} to ${max}, each ${item.expects}`;
  return {
    expects,
    parse(value): Parsed<readonly T[]> {
      if (!Array.isArray(value) || value.length < min || value.length > max) {
        return { problem: `must be ${expects}` };
      }
      const items: T[] = [];
      for (const [index, entry] of value.entries()) {
        const parsed = item.parse(entry);
        if ("problem" in parsed) {
          return { problem: parsed.problem, entry: { index, value: entry } };
        }
        items.push(parsed.value);
      }
      return { value: items };
    },
    ...(item.isSecret === true ? { isSecret: true } : {}),
  };
}

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const bytes: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** A duration with its unit, such as `250ms`, `90s`, `15m`, `1h`; in milliseconds. */
export function duration(min: string, max: string): Rule<number> {
  return quantity(`a duration from ${min} to ${max}`, milliseconds, min, max);
}

/** A size with its unit, such as `512B`, `64KiB`, `4MiB`; in bytes. */
export function size(min: string, max: string): Rule<number> {
  return quantity(`a size from ${min} to ${max}`, bytes, min, max);
}

function quantity(expects: string, units: Readonly<Record<string, number>>, min: string, max: string): Rule<number> {
  const [least, most] = [inUnits(min, units) ?? 0, inUnits(max, units) ?? 0];
  return rule(`${expects}, written with its unit`, (value) => {
    const amount = typeof value === "string" ? inUnits(value, units) : undefined;
    return amount !== undefined && amount >= least && amount <= most ? amount : undefined;
  });
}

function inUnits(value: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits, unit = ""] = /^(\d{1,9})([A-Za-z]{1,3})$/.exec(value) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return factor === undefined ? undefined : Number(digits) * factor;
}

/** A port that somebody listens on. */
export const portToCall: Rule<number> = integer(1, 65_535);
/** A port to listen on; 0 takes any free one. */
export const portToListen: Rule<number> = integer(0, 65_535);

/** A host to call. */
export const host: Rule<string> = text("a host name or an IP address", /^[A-Za-z0-9.:_-]{1,253}$/);

/** An address of this machine to listen on. */
export const ipAddress: Rule<string> = rule("an IP address", (value) =>
  typeof value === "string" && isIP(value) !== 0 ? value : undefined,
);

/** An address that no other machine can reach. */
export const loopbackAddress: Rule<string> = rule(
  "127.0.0.1 or ::1, since whoever reaches it can look into every call and change how Envoy runs",
  (value) => (value === "127.0.0.1" || value === "::1" ? value : undefined),
);

/** A file's path, made absolute. A key or a certificate that was pasted in its place is refused, and not repeated. */
export function file(folder: string): Rule<string> {
  return rule("the path of a file", (value) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    typeof value === "string" && /^[^\u0000-\u001f\u007f]{1,1024}$/.test(value) ? resolve(folder, value) : undefined,
  );
}

/** A program and its arguments. An argument may be a token: it is not repeated. */
export const command: Rule<readonly string[]> = {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  ...listOf(text("a text without control characters", /^[^\u0000-\u001f\u007f]{0,4096}$/), { min: 1, max: 64 }),
  isSecret: true,
};
