import type { ResultField } from "../wire/result-metadata.ts";

/**
 * A name for each column by which it can be told apart.
 *
 * The first column of a name keeps it. Each further one gets the first of `_2`, `_3`, … whose name no column has. A column without a name
 * is called `column` and its place, from 1; if another column is called so, that counts as a further one.
 */
export function uniqueNames(fields: readonly ResultField[]): string[] {
  // What is somebody's own name is never given to another.
  const own = new Set(fields.map(({ name }) => name));
  const given = new Set<string>();
  const counts = new Map<string, number>();
  return fields.map(({ name: ownName }, index) => {
    const base = ownName || `column${index + 1}`;
    let name = base;
    let count = counts.get(base) ?? 1;
    while (given.has(name) || (name !== ownName && own.has(name))) name = `${base}_${++count}`;
    counts.set(base, count);
    given.add(name);
    return name;
  });
}
