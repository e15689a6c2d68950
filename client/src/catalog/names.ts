import { invalidOption } from "../checks.ts";
import { E6Error } from "../error.ts";
import type { Settings } from "../options.ts";
import type { CallLimits } from "../transport/call-limits.ts";

const maxNameLength = 4096;

/** Where names are looked up. */
export interface InCatalog extends CallLimits {
  /** Default: the connection's, else the engine's. */
  readonly catalog?: string | undefined;
}

/** Where unqualified names are looked up. */
export interface InSchema extends InCatalog {
  /** Default: the connection's. */
  readonly schema?: string | undefined;
}

/** The catalog that a call is about; empty for the engine's default. */
export function catalogOf({ catalog }: InCatalog, settings: Settings): string {
  return catalog ?? settings.catalog;
}

/** The schema that a call is about; empty for the engine's default. */
export function schemaOf({ schema }: InSchema, settings: Settings): string {
  return schema ?? settings.schema;
}

/** The schema of a call that cannot do without one. Throws `INVALID_OPTION` if there is none. */
export function neededSchemaOf(options: InSchema, settings: Settings): string {
  const schema = schemaOf(options, settings);
  if (schema === "") {
    throw invalidOption("schema", "is missing", "pass it here or to connect()");
  }
  return schema;
}

/** Throws `INVALID_PARAMETER` unless the value is a text that is not blank. */
export function checkText(value: unknown, what: string, maxLength = maxNameLength): string {
  if (typeof value !== "string" || value.trim() === "" || value.length > maxLength) {
    throw new E6Error("INVALID_PARAMETER", `${what} is not a string, is blank or too long`, { hint: `pass ${what}` });
  }
  return value;
}
