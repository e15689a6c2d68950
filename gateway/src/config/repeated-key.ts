/** A key that an object of JSON has twice. */
export interface RepeatedKey {
  readonly key: string;
  /** The line, from 1, in which it stands again. */
  readonly line: number;
}

/** The first key that stands twice in one object of a text, which is JSON: of the two, `JSON.parse` forgets one. */
export function findRepeatedKey(text: string): RepeatedKey | undefined {
  const objects: Set<string>[] = [];
  for (const { 0: token, 1: quoted, index } of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") {
      objects.push(new Set());
    } else if (token === "}") {
      objects.pop();
    } else if (quoted !== undefined) {
      const [key, keys] = [String(JSON.parse(quoted)), objects.at(-1)];
      if (keys?.has(key)) {
        return { key, line: text.slice(0, index).split("\n").length };
      }
      keys?.add(key);
    }
  }
  return undefined;
}
