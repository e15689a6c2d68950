import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("./", import.meta.url);

/** The names of the configurations that goldens are made of. */
export const configNames: readonly string[] = readdirSync(folder)
  .flatMap((file) => /^(.+)\.config\.json$/.exec(file)?.[1] ?? [])
  .toSorted();

/** A configuration, as JSON. */
export function configNamed(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.config.json`, folder), "utf8"));
}
