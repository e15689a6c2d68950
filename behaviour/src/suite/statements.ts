/** Runs until somebody stops it. */
export const endless = "select count(*) from range(100000000000) t(i) where i % 7 = 3";

/** Rows `[i, text of 400 characters]`: about two thousand of them fill an answer of the lab's engine. */
export function wideRows(count: number): string {
  return `select i, lpad(i::varchar, 400, '0') as text from range(${count}) t(i) order by i`;
}

/** Rows of five answers: more than is read ahead of a reader who asks for little. */
export const manyRows: string = wideRows(10_000);
