import { Code, ConnectError } from "@connectrpc/connect";

/** Reads a field that is a JSON object as text; INVALID_ARGUMENT with an `example` if it is none. */
export function readJsonObject(field: string, text: string, example: string): Readonly<Record<string, unknown>> {
  const value = parse(text);
  if (isObject(value)) return value;
  throw new ConnectError(`"${field}" is not a JSON object, such as ${example}`, Code.InvalidArgument);
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
