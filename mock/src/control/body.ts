import { InputError } from "../input-error.ts";

/** Reads one value of a JSON body; an {@link InputError} that names `at`, the place of the value, if it does not fit. */
export type Read<T> = (value: unknown, at: string) => T;

/** What a {@link Read} gives. */
export type Value<R> = R extends Read<infer T> ? T : never;

/** A key that may be missing. */
export interface Optional<T> {
  readonly optional: Read<T>;
}

type Table = Readonly<Record<string, Read<unknown> | Optional<unknown>>>;
type RequiredKeys<T extends Table> = { [K in keyof T]: T[K] extends Optional<unknown> ? never : K }[keyof T];
type OptionalKeys<T extends Table> = Exclude<keyof T, RequiredKeys<T>>;

/** The object that a table of keys describes. */
export type Fields<T extends Table> = { [K in RequiredKeys<T>]: Value<T[K]> } & {
  [K in OptionalKeys<T>]?: T[K] extends Optional<infer V> ? V : never;
};

/** Marks a key that may be missing. */
export function optional<T>(read: Read<T>): Optional<T> {
  return { optional: read };
}

/** An object with the keys of a table and no others. */
export function object<T extends Table>(table: T): Read<Fields<T>> {
  const known = Object.keys(table).map((key) => JSON.stringify(key));
  return (value, at) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new InputError(`${at} is not an object`);
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(table, key)) continue;
      throw new InputError(`${at} has no key ${JSON.stringify(key)}; known: ${known.join(", ") || "none"}`);
    }
    const entries = Object.entries(table).flatMap(([key, entry]) => {
      const read = typeof entry === "function" ? entry : entry.optional;
      const field: unknown = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
      if (field === undefined && typeof entry !== "function") return [];
      if (field === undefined) throw new InputError(`${at} lacks the key ${JSON.stringify(key)}`);
      return [[key, read(field, `${at === "The body" ? "" : `${at}.`}${key}`)]];
    });
    // Each key was read by its own entry of the table, which the compiler cannot follow through Object.entries.
    return Object.fromEntries(entries) as Fields<T>;
  };
}

/** A list of at most `max` values. */
export function list<T>(item: Read<T>, max: number): Read<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new InputError(`${at} is not a list`);
    if (value.length > max) throw new InputError(`${at} has ${value.length} entries; at most ${max} are allowed`);
    return value.map((one, index) => item(one, `${at}[${index}]`));
  };
}

/** One of some texts. */
export function oneOf<const T extends string>(values: readonly T[]): Read<T> {
  return (value, at) => {
    const found = values.find((one) => one === value);
    if (found === undefined) throw new InputError(`${at} is not one of ${values.map((v) => `"${v}"`).join(", ")}`);
    return found;
  };
}

/** A value or `null`. */
export function nullable<T>(read: Read<T>): Read<T | null> {
  return (value, at) => (value === null ? null : read(value, at));
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): Read<number> {
  return (value, at) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InputError(`${at} is not a whole number from ${min} to ${max}`);
  };
}

/** `true` or `false`. */
export const boolean: Read<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw new InputError(`${at} is not true or false`);
  return value;
};

/** A text of at most `max` characters. */
export function text(max: number): Read<string> {
  return (value, at) => {
    if (typeof value === "string" && value.length <= max) return value;
    throw new InputError(`${at} is not a text of at most ${max} characters`);
  };
}
