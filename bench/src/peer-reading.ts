import type { Value } from "e6data-web";
import type { Subject } from "./measure.ts";

/** A row as a reader makes it: an array of values, or an object with them under their names. */
export type PeerRow = object;

/** One way in which one client reads a whole result, from the network to its values. */
export type PeerReading = { readonly name: string } & (
  | { readonly form: "rows"; read(): Promise<readonly PeerRow[]> }
  | { readonly form: "turn"; read(visit: (row: PeerRow) => void): Promise<void> }
  | { readonly form: "numbers" | "columns"; read(): Promise<PeerColumns> }
);

/** The values of each column: of all columns, or of the numeric ones, which come first. */
export type PeerColumns = readonly ArrayLike<unknown>[];

/** What a reading must come to. */
export interface PeerExpectation {
  /** The rows of one page. */
  readonly page: readonly (readonly Value[])[];
  /** How many times the page comes. */
  readonly pages: number;
  /** How many of the columns, from the first, are numbers. */
  readonly numbers: number;
}

/** Reads once and compares every value. Rejects where one is missing or another: what is not read alike must not be compared. */
export async function checkReading(reading: PeerReading, expectation: PeerExpectation): Promise<void> {
  const { page, pages, numbers } = expectation;
  const rowCount = page.length * pages;
  const width = reading.form === "numbers" ? numbers : (page[0]?.length ?? 0);
  let seen = 0;
  const checkRow = (values: readonly unknown[]) => {
    const expected = page[seen % page.length] ?? [];
    const same = values.length === width && values.every((value, column) => isSame(expected[column], value));
    if (!same) throw new Error(`${reading.name}: row ${seen} is not as it was sent`);
    seen++;
  };
  if (reading.form === "turn") {
    await reading.read((row) => checkRow(Object.values(row)));
  } else if (reading.form === "rows") {
    for (const row of await reading.read()) checkRow(Object.values(row));
  } else {
    const columns = await reading.read();
    for (let row = 0; row < (columns[0]?.length ?? 0); row++) checkRow(columns.map((column) => column[row]));
  }
  if (seen !== rowCount) throw new Error(`${reading.name}: ${seen} rows came of ${rowCount}`);
}

/** Integers of 64 bits come as bigint, as number or as text, as each reader likes; all else must be the very same. */
function isSame(sent: unknown, seen: unknown): boolean {
  if (typeof sent !== "bigint") return Object.is(sent, seen);
  if (typeof seen === "number") return Number.isSafeInteger(seen) && BigInt(seen) === sent;
  return seen === sent || seen === String(sent);
}

/** A reading to be measured. What it makes lives until the clock has stopped; rows read in turn are counted and let go of. */
export function timedReading(reading: PeerReading, rowCount: number): Subject {
  return {
    name: reading.name,
    measure: async () => {
      const start = performance.now();
      const read = await readAndCount(reading);
      const time = performance.now() - start;
      const rows = read();
      if (rows !== rowCount) throw new Error(`${reading.name}: ${rows} rows came of ${rowCount}`);
      return time;
    },
  };
}

/** Resolves to what counts the rows, which holds them until then. */
async function readAndCount(reading: PeerReading): Promise<() => number> {
  if (reading.form === "rows") {
    const rows = await reading.read();
    return () => rows.length;
  }
  if (reading.form === "turn") {
    let count = 0;
    await reading.read(() => {
      count++;
    });
    return () => count;
  }
  const columns = await reading.read();
  return () => Math.min(...columns.map(({ length }) => length));
}
