/** One value of a parsed CSV: its text, and whether it was quoted. */
export interface CsvCell {
  readonly text: string;
  readonly quoted: boolean;
}

/** RFC 4180, by the letter of its grammar: anything else is an error. */
export function parseCsv(text: string, delimiter = ","): CsvCell[][] {
  const records: CsvCell[][] = [];
  let record: CsvCell[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at, delimiter);
    record.push(cell.cell);
    at = cell.end;
    if (text.startsWith("\r\n", at)) {
      records.push(record);
      record = [];
      at += 2;
    } else if (text[at] === delimiter) {
      at++;
    } else {
      throw new Error(`neither a delimiter nor a line end at ${at}`);
    }
  }
  if (record.length > 0) throw new Error("the last line does not end");
  return records;
}

/** What a reader takes from CSV: NULL where the text is the one that stands for it and is not quoted. */
export function readCsv(
  text: string,
  {
    delimiter,
    nullText = "",
  }: { readonly delimiter?: string | undefined; readonly nullText?: string | undefined } = {},
): (string | null)[][] {
  return parseCsv(text, delimiter).map((record) =>
    record.map((cell) => (cell.text === nullText && !cell.quoted ? null : cell.text)),
  );
}

function quotedCell(text: string, from: number): { cell: CsvCell; end: number } {
  let value = "";
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] !== '"') value += text[at];
    else if (text[at + 1] === '"') value += text[at++];
    else return { cell: { text: value, quoted: true }, end: at + 1 };
  }
  throw new Error("a quote does not end");
}

function plainCell(text: string, from: number, delimiter: string): { cell: CsvCell; end: number } {
  let end = from;
  while (end < text.length && text[end] !== delimiter && text[end] !== "\r") {
    if (text[end] === '"' || text[end] === "\n") throw new Error(`a bare quote or line end at ${end}`);
    end++;
  }
  return { cell: { text: text.slice(from, end), quoted: false }, end };
}
