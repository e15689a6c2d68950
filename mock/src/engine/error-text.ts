/** DuckDB's text of an error, with a remedy that exists here: its own for want of memory are settings, which are locked. */
export function errorText(message: string): string {
  // An appender does not name the kind of its error.
  const named = message.replace(/^Failed to append: (?=could not allocate)/, "Out of Memory Error: ");
  if (!named.startsWith("Out of Memory Error")) {
    return message;
  }
  const [first = named] = named.split("\n");
  return `${first}: select less, close results that are done, or start the engine with a larger memoryLimit`;
}

/**
 * The text of an error that came from SQL of the engine's own around a user's: without the line of SQL that it shows and
 * without the engine's names for columns.
 */
export function innerErrorText(message: string): string {
  return message.replace(/\n\nLINE \d+: [\s\S]*$/, "").replace(/ when casting from source column c\d+$/, "");
}
