import { invalidOption } from "../checks.ts";
import { invalidParameter } from "../invalid-parameter.ts";
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

/** A catalog and a schema of it; empty for the engine's defaults. */
export type Place = Pick<Settings, "catalog" | "schema">;

/** Where a call looks names up. */
export function placeOf({ catalog, schema }: InSchema, defaults: Place): Place {
  return { catalog: catalog ?? defaults.catalog, schema: schema ?? defaults.schema };
}

/** Where a call looks names up that cannot do without a schema. Throws `INVALID_OPTION` if there is none. */
export function neededPlaceOf(options: InSchema, defaults: Place): Place {
  const place = placeOf(options, defaults);
  if (place.schema === "") {
    throw invalidOption("schema", "is missing", "pass it here or to connect()");
  }
  return place;
}

/** Throws `INVALID_PARAMETER` unless the value is a text that is not blank. */
export function checkText(value: unknown, what: string, maxLength = maxNameLength): string {
  if (typeof value !== "string" || value.trim() === "" || value.length > maxLength) {
    throw invalidParameter(`${what} is not a string, is blank or too long`, `pass ${what}`);
  }
  return value;
}
