import { type E6Error, isE6Error } from "e6data-web";
import { pause } from "./timers.ts";

/** What a comparison found to be otherwise. */
export class Mismatch extends Error {
  override readonly name = "Mismatch";
}

/** Throws unless two values are the same through and through: classes, bytes, -0 and NaN included. */
export function equal(actual: unknown, expected: unknown, what = "the value"): void {
  const path = difference(actual, expected, "", false);
  if (path !== undefined) fail(what, path, actual, expected);
}

/** Throws unless a value has at least what `expected` has; arrays are compared in full length. */
export function like(actual: unknown, expected: unknown, what = "the value"): void {
  const path = difference(actual, expected, "", true);
  if (path !== undefined) fail(what, path, actual, expected);
}

/** Throws unless it holds. */
export function ok(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Mismatch(`it does not hold that ${what}`);
}

/** What an `E6Error` is expected to be. */
export type ExpectedError = { readonly [Name in keyof E6Error]?: E6Error[Name] | undefined };

/** Throws unless the work fails with an `E6Error` that has what is expected. */
export async function rejects(work: PromiseLike<unknown>, expected: ExpectedError): Promise<E6Error> {
  try {
    await work;
  } catch (error) {
    return checked(error, expected);
  }
  throw new Mismatch(`it did not fail with ${show(expected)}`);
}

/** Throws unless a call throws an `E6Error` that has what is expected. */
export function throws(call: () => unknown, expected: ExpectedError): E6Error {
  try {
    call();
  } catch (error) {
    return checked(error, expected);
  }
  throw new Mismatch(`it did not throw ${show(expected)}`);
}

/** Asks again and again until the answer is as wanted; throws after ten seconds. */
export async function until<T>(read: () => Promise<T> | T, isWanted: (answer: T) => boolean, what: string): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await read();
    if (isWanted(answer)) return answer;
    if (tries === 400) throw new Mismatch(`it did not come to pass that ${what}: in the end there was ${show(answer)}`);
    await pause(25);
  }
}

function checked(error: unknown, expected: ExpectedError): E6Error {
  if (!isE6Error(error)) throw new Mismatch(`no E6Error, but ${String(error)}`, { cause: error });
  like(
    { ...error, message: error.message },
    expected,
    `the error "${error.message}" (because of ${String(error.cause)})`,
  );
  return error;
}

function fail(what: string, path: string, actual: unknown, expected: unknown): never {
  throw new Mismatch(
    `${what} is otherwise${path === "" ? "" : ` at ${path}`}: ${show(actual)}, and not ${show(expected)}`,
  );
}

/** The place at which two values differ; nothing where they do not. */
function difference(actual: unknown, expected: unknown, path: string, isPartial: boolean): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  if (!isObject(actual) || !isObject(expected)) return path;
  if (tagOf(actual) !== tagOf(expected)) return path;
  if (actual instanceof Date && Number(actual) !== Number(expected)) return path;
  // What has its parts elsewhere than in its properties would always be the same.
  if (!comparable.test(tagOf(actual))) throw new Error(`${tagOf(actual)} cannot be compared: compare its parts`);
  const names = Object.keys(expected);
  if (!isPartial || Array.isArray(expected)) {
    if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return path;
    if (Object.keys(actual).length !== names.length) return path;
  }
  for (const name of names) {
    if (!Object.hasOwn(actual, name)) return `${path}.${name}`;
    const found = difference(actual[name], expected[name], `${path}.${name}`, isPartial);
    if (found !== undefined) return found;
  }
  return undefined;
}

const comparable = /^\[object (Object|Array|Date|\w+\dArray|Uint8ClampedArray)\]$/;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

/** A value in words. */
export function show(value: unknown): string {
  const text = JSON.stringify(value, (_name, item: unknown) => {
    if (typeof item === "bigint") return `${item}n`;
    if (typeof item === "number" && (Object.is(item, -0) || !Number.isFinite(item))) {
      return Object.is(item, -0) ? "-0" : String(item);
    }
    return typeof item === "function" ? "a function" : item;
  });
  const shown = text ?? String(value);
  return shown.length > 2000 ? `${shown.slice(0, 2000)}…` : shown;
}
