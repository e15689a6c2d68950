/** Where in a statement an engine found an error. */
export interface SqlPosition {
  /** The line, from 1. */
  readonly line: number;
  /** The character in the line, from 1; nothing where the engine shows only a part of the line. */
  readonly column?: number;
}

/**
 * Reads the place from an engine's text that shows it as `LINE 2: …` with a caret in the line below. It counts in the text that
 * was sent: with `?` for each bound value.
 */
export function sqlPosition(text: string): SqlPosition | undefined {
  const [, head = "", line = "", shown = "", indent] = /^(LINE (\d{1,9}): )(.*)(?:\n( *)\^)?/m.exec(text) ?? [];
  if (line === "") return undefined;
  const column = (indent?.length ?? 0) - head.length + 1;
  return column < 1 || shown.startsWith("...") ? { line: Number(line) } : { line: Number(line), column };
}
