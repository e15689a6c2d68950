/** The items of all arrays, one behind the other. Several times as fast as `flat()`. A single array is handed out as it is. */
export function joinArrays<Item>(parts: readonly Item[][]): Item[] {
  let [joined = []] = parts;
  // Not all at once: no call takes more than some 100,000 arguments.
  for (let from = 1; from < parts.length; from += 10_000) {
    joined = joined.concat(...parts.slice(from, from + 10_000));
  }
  return joined;
}
