/** How a value looks in a cell: NULL and bytes are told apart from text that happens to read the same. */
export interface CellText {
  readonly kind: "null" | "value" | "binary";
  readonly text: string;
}

/** Characters of one value that the grid shows. A cell is a glimpse: a megabyte of text in it would freeze the page. */
export const maxCellCharacters = 400;

const nullCell: CellText = { kind: "null", text: "NULL" };

/**
 * The exact text of a value of a result row. Numbers, decimals and points in time have all their digits; bytes read
 * as hexadecimal; text is cut after {@link maxCellCharacters}, with a `…` for the rest.
 */
export function cellText(value: unknown): CellText {
  if (value === null || value === undefined) return nullCell;
  if (value instanceof Uint8Array) return { kind: "binary", text: hexText(value) };
  return { kind: "value", text: shortened(exactText(value)) };
}

function exactText(value: unknown): string {
  // String(-0) is "0".
  return Object.is(value, -0) ? "-0" : String(value);
}

function hexText(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, maxCellCharacters / 2);
  const digits = Array.from(shown, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `0x${digits}${shown.length < bytes.length ? "…" : ""}`;
}

function shortened(text: string): string {
  return text.length <= maxCellCharacters ? text : `${text.slice(0, maxCellCharacters)}…`;
}
