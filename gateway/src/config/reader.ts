import { GatewayError } from "../gateway-error.ts";

/**
 * What a rule makes of a value: the setting, or what is wrong with the value, or with one entry of it, and what to write
 * instead.
 */
export type Parsed<T> = { readonly value: T } | { readonly problem: string; readonly entry?: Entry };

/** One entry of a list. */
export interface Entry {
  readonly index: number;
  readonly value: unknown;
}

/** How one value of a configuration is read. */
export interface Rule<T> {
  /** What is accepted, after "must be": `a whole number from 0 to 65535`. */
  readonly expects: string;
  parse(value: unknown): Parsed<T>;
  /** True if an error must not repeat the value. */
  readonly isSecret?: boolean;
}

/** A key that was read, for those who check the documentation against the code. */
export interface KeyNote {
  /** The whole path; an element of a list is `[]`. */
  readonly path: string;
  readonly expects: string;
  /** What stands for a missing key, as it would be written. Absent where the key is required or where nothing stands for it. */
  readonly byDefault?: unknown;
  readonly isRequired: boolean;
  /** What the configuration says; `undefined` where it says nothing. */
  readonly value: unknown;
}

/**
 * One object of a configuration. Each method reads one key, and throws `INVALID_OPTION` that names the key's whole
 * path, the value (unless it is a secret) and the remedy. A key that nobody has read is refused by {@link readObject}.
 */
export interface Reader {
  /** The folder that relative paths of files start from. */
  readonly folder: string;
  /** A value that has to be there. */
  required<T>(key: string, rule: Rule<T>): T;
  /** A value, or the default, which is written as in a file and read by the same rule. */
  get<T>(key: string, rule: Rule<T>, byDefault: unknown): T;
  /** A value, or nothing. */
  optional<T>(key: string, rule: Rule<T>): T | undefined;
  /** An object; a missing one is read as an empty one, so that each of its keys has its default or is asked for. */
  section<T>(key: string, read: (reader: Reader) => T): T;
  /** An object, or nothing. */
  optionalSection<T>(key: string, read: (reader: Reader) => T): T | undefined;
  /** A list of objects, of which there are `min` to `max`; a missing one is an empty one, where that may be. */
  sections<T>(key: string, range: Range, read: (reader: Reader) => T): readonly T[];
  /** Throws about a key that is well-formed and yet wrong beside another. */
  refuse(key: string, problem: string): never;
}

/** How many there may be; both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Where a configuration comes from. */
export interface Source {
  /** Put before the paths in errors; `""` for none. */
  readonly path: string;
  readonly folder: string;
  /** Told of each key that is read. */
  readonly onKey?: (note: KeyNote) => void;
}

/** Reads an object, and refuses what is none and what holds a key that `read` did not ask for. */
export function readObject<T>(value: unknown, source: Source, read: (reader: Reader) => T): T {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refusal(source.path || "the configuration", value, `must be ${anObject.expects}`);
  }
  const reader = new ObjectReader(new Map(Object.entries(value)), source);
  const result = read(reader);
  reader.refuseUnknownKeys();
  return result;
}

/** What a section must be. */
const anObject = { expects: "an object" };

class ObjectReader implements Reader {
  readonly folder: string;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #source: Source;
  readonly #known = new Set<string>();

  constructor(values: ReadonlyMap<string, unknown>, source: Source) {
    this.#values = values;
    this.#source = source;
    this.folder = source.folder;
  }

  required<T>(key: string, rule: Rule<T>): T {
    this.#note(key, rule, { isRequired: true });
    const value = this.#take(key);
    if (value === undefined) {
      throw new GatewayError("INVALID_OPTION", `${this.#path(key)} is missing: it must be ${rule.expects}`);
    }
    return this.#parse(key, rule, value);
  }

  get<T>(key: string, rule: Rule<T>, byDefault: unknown): T {
    this.#note(key, rule, { byDefault, isRequired: false });
    const value = this.#take(key);
    return this.#parse(key, rule, value === undefined ? byDefault : value);
  }

  optional<T>(key: string, rule: Rule<T>): T | undefined {
    this.#note(key, rule, { isRequired: false });
    const value = this.#take(key);
    return value === undefined ? undefined : this.#parse(key, rule, value);
  }

  section<T>(key: string, read: (reader: Reader) => T): T {
    this.#note(key, anObject, { isRequired: false });
    const value = this.#take(key);
    return readObject(value === undefined ? {} : value, this.#inside(key), read);
  }

  optionalSection<T>(key: string, read: (reader: Reader) => T): T | undefined {
    this.#note(key, anObject, { isRequired: false });
    const value = this.#take(key);
    return value === undefined ? undefined : readObject(value, this.#inside(key), read);
  }

  sections<T>(key: string, { min, max }: Range, read: (reader: Reader) => T): readonly T[] {
    const expects = `a list of ${min} to ${max} objects`;
    const rule: Rule<readonly unknown[]> = {
      expects,
      parse: (value) =>
        Array.isArray(value) && value.length >= min && value.length <= max
          ? { value }
          : { problem: `must be ${expects}` },
    };
    const values = min === 0 ? this.get(key, rule, []) : this.required(key, rule);
    return values.map((value, index) => readObject(value, this.#inside(`${key}[${index}]`), read));
  }

  refuse(key: string, problem: string): never {
    const value = this.#values.get(key);
    if (value === undefined) {
      throw new GatewayError("INVALID_OPTION", `${this.#path(key)} is missing: ${problem}`);
    }
    throw refusal(this.#path(key), value, problem);
  }

  refuseUnknownKeys(): void {
    for (const key of this.#values.keys()) {
      if (!this.#known.has(key)) {
        const keys = [...this.#known].toSorted().join(", ");
        const path = this.#path(key.slice(0, 80));
        throw new GatewayError("INVALID_OPTION", `${path} is unknown: the keys here are ${keys}`);
      }
    }
  }

  #take(key: string): unknown {
    this.#known.add(key);
    return this.#values.get(key);
  }

  #parse<T>(key: string, rule: Rule<T>, value: unknown): T {
    const parsed = rule.parse(value);
    if ("value" in parsed) {
      return parsed.value;
    }
    const { problem, entry } = parsed;
    const path = entry === undefined ? key : `${key}[${entry.index}]`;
    throw refusal(this.#path(path), rule.isSecret === true ? secret : (entry ?? { value }).value, problem);
  }

  #note(key: string, { expects }: { readonly expects: string }, note: Pick<KeyNote, "byDefault" | "isRequired">): void {
    const path = this.#path(key).replaceAll(/\[\d+\]/g, "[]");
    this.#source.onKey?.({ path, expects, ...note, value: this.#values.get(key) });
  }

  #path(key: string): string {
    return this.#source.path === "" ? key : `${this.#source.path}.${key}`;
  }

  #inside(key: string): Source {
    return { ...this.#source, path: this.#path(key) };
  }
}

const secret = Symbol("secret");

function refusal(path: string, value: unknown, problem: string): GatewayError {
  return new GatewayError("INVALID_OPTION", `${path} is ${show(value)}: ${problem}`);
}

const longestShown = 120;

/** A value for an error: short, and never a key that was pasted where its file belongs, nor a password of a URL. */
function show(value: unknown): string {
  if (value === secret || (typeof value === "string" && /-----BEGIN|:\/\/[^/@]*:[^/@]*@/.test(value))) {
    return "(not shown)";
  }
  if (Array.isArray(value)) {
    return `a list of ${value.length}`;
  }
  const text = typeof value === "object" && value !== null ? "an object" : (JSON.stringify(value) ?? String(value));
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
