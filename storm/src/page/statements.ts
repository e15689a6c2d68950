/**
 * Rows that tell their own number three times, each in another type: one that is missing, comes twice or is another one's shows. Their
 * order is that of the numbers.
 */
export function numbered(rows: number | "?", mark: string): string {
  return `/* ${mark} */ select i, i * 7919 % 1000003 as hash, 'row ' || i as name from range(0, ${rows}) t(i) order by i`;
}

/** True if `row` is the one with this number of a {@link numbered} statement. */
export function isRow(row: readonly unknown[], number: number): boolean {
  const [i, hash, name] = row;
  return (
    i === BigInt(number) && hash === (BigInt(number) * 7919n) % 1000003n && name === `row ${number}` && row.length === 3
  );
}

/** The table that inserts go to. No constraint: a row that came twice is to be seen, not refused. */
export const scratchTable = "storm_rows";
/** What the name of each table that a job creates begins with. */
export const createdPrefix = "storm_made_";

/** Makes the scratch table. */
export const createScratch = `create or replace table ${scratchTable} (key varchar)`;

/** Writes a key into the scratch table. */
export function insertKey(key: string, mark: string): string {
  return `/* ${mark} */ insert into ${scratchTable} values ('${key}')`;
}

/** Makes a table named by a key. */
export function createTable(key: string, mark: string): string {
  return `/* ${mark} */ create table ${createdPrefix}${key} (key varchar)`;
}
