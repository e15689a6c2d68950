/** The items of all arrays, one behind the other. Several times as fast as `flat()`. A single array is handed out as it is. */
export function joinArrays<Item>(parts: readonly Item[][]): Item[] {
  const [first = []] = parts;
  return parts.length > 1 ? first.concat(...parts.slice(1)) : first;
}
