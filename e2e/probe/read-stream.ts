import { connect, isE6Error } from "e6data-web";

/** How a page reads a large result. */
export interface StreamOrder {
  readonly url: string;
  readonly sql: string;
  /** For how long the reader takes nothing after each {@link blockRows} rows. 0: it takes them as they come. */
  readonly pauseMs: number;
}

/** How far the reading has come, as it is told to a test at any time. */
export interface StreamProgress {
  readonly rows: number;
  /** The sum of the first column: a row that is missing or comes twice changes it. */
  readonly sum: string;
  readonly queryId: string;
  readonly elapsedMs: number;
  /** How it ended: "all" rows were read, or the code of the error; nothing while it reads. */
  readonly end?: string;
}

/** Rows between two pauses of a slow reader. */
export const blockRows = 10_000;

const nothingRead: StreamProgress = { rows: 0, sum: "0", queryId: "", elapsedMs: 0 };
let progress = nothingRead;
let leaving = new AbortController();

/** Begins to read; it goes on while the page is asked for its progress. */
export function startReading(order: StreamOrder): void {
  leaving = new AbortController();
  progress = nothingRead;
  void readAll(order, leaving.signal).then(
    () => {
      progress = { ...progress, end: "all" };
    },
    (error: unknown) => {
      progress = { ...progress, end: isE6Error(error) ? error.code : String(error) };
    },
  );
}

/** How far it has come. */
export function readingProgress(): StreamProgress {
  return progress;
}

/** Aborts the reading, as a user does who leaves; tells when, in milliseconds since 1970. */
export function abortReading(): number {
  leaving.abort();
  return Date.now();
}

async function readAll({ url, sql, pauseMs }: StreamOrder, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  await using connection = connect({ url, user: "ada", token: "a token" });
  const stream = await connection.stream(sql, undefined, { signal });
  let rows = 0;
  let sum = 0n;
  const tell = () => {
    progress = { rows, sum: String(sum), queryId: stream.queryId, elapsedMs: performance.now() - start };
  };
  for await (const [id] of stream) {
    rows++;
    if (typeof id === "bigint") sum += id;
    if (rows % blockRows !== 0) continue;
    tell();
    // The slow reader is the subject of a test: time has to pass in which it takes nothing.
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  tell();
}
