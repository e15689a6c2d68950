import type { Connection, QueryStream } from "e6data-web";
import type { Job } from "./jobs.ts";
import { createTable, insertKey, isRow, numbered } from "./statements.ts";
import type { Telemetry } from "./telemetry.ts";
import type { LaneKind, Stack } from "./told.ts";

/** What a job works with. */
export interface JobContext {
  readonly connection: Connection;
  readonly telemetry: Telemetry;
  /** Stands in every statement. */
  readonly mark: string;
}

/** How far a job has come: filled in while it runs, so that it is known also where the job fails. */
export interface Progress {
  rows: number;
  isExact: boolean;
  strategy?: Stack;
  /** `ok`, or `left` by its reader. */
  end: "ok" | "left";
}

/** Does a job. Rejects with what the client rejects with. */
export async function runJob(context: JobContext, job: Job, progress: Progress): Promise<void> {
  await runners[job.kind](context, job, progress);
}

type Runner = (context: JobContext, job: Job, progress: Progress) => Promise<void>;

const runners: Readonly<Record<LaneKind, Runner>> = {
  short: readWhole,
  long: readWhole,
  bound: ({ connection, telemetry, mark }, { trace, rows }, progress) =>
    handOut(
      telemetry.traced(trace, () => connection.query(numbered("?", mark), [BigInt(rows)])),
      rows,
      progress,
    ),
  cursor: runCursor,
  stream: (context, job, progress) => readStream(context, job, progress, Number.POSITIVE_INFINITY),
  break: (context, job, progress) => readStream(context, job, progress, job.leaveAt),
  abort: runAborted,
  insert: ({ connection, telemetry, mark }, { trace }, progress) =>
    write(
      telemetry.traced(trace, () => connection.query(insertKey(trace, mark))),
      progress,
    ),
  create: ({ connection, telemetry, mark }, { trace }, progress) =>
    write(
      telemetry.traced(trace, () => connection.query(createTable(trace, mark))),
      progress,
    ),
};

type Result = Awaited<ReturnType<Connection["query"]>>;

async function readWhole({ connection, telemetry, mark }: JobContext, { trace, rows }: Job, progress: Progress) {
  await handOut(
    telemetry.traced(trace, () => connection.query(numbered(rows, mark))),
    rows,
    progress,
  );
}

/** Looks at all rows of a result that is read whole: all of them are there, or none. */
async function handOut(reading: Promise<Result>, rows: number, progress: Progress): Promise<void> {
  const result = await reading;
  progress.strategy = result.strategy;
  takeRows(result.rows(), progress);
  progress.isExact &&= progress.rows === rows && result.rowCount === rows;
}

function takeRows(rows: readonly (readonly unknown[])[], progress: Progress): void {
  for (const row of rows) {
    progress.isExact &&= isRow(row, progress.rows);
    progress.rows++;
  }
}

async function write(writing: Promise<Result>, progress: Progress): Promise<void> {
  progress.strategy = (await writing).strategy;
}

/** Two statements on one cursor, the first of which is left half read. */
async function runCursor({ connection, telemetry, mark }: JobContext, { trace, rows }: Job, progress: Progress) {
  await using cursor = connection.cursor();
  await telemetry.traced(trace, () => cursor.execute(numbered(rows, mark)));
  await telemetry.traced(trace, () => cursor.execute(numbered(rows, mark)));
  takeRows(await cursor.fetchAll(), progress);
  progress.isExact &&= progress.rows === rows;
  if (cursor.strategy !== undefined) progress.strategy = cursor.strategy;
}

/** Rows between two pauses of a slow reader. */
const pausedRows = 150;

async function readStream({ connection, telemetry, mark }: JobContext, job: Job, progress: Progress, leaveAt: number) {
  const { trace, rows } = job;
  await using stream = await telemetry.traced(trace, () =>
    // As little ahead as can be: the reader's pace is the query's.
    connection.stream(numbered(rows, mark), undefined, { prefetchBytes: 0 }),
  );
  const isLeft = await takeSlowly(stream, progress, leaveAt);
  progress.strategy = stream.strategy;
  if (isLeft) progress.end = "left";
  else progress.isExact &&= progress.rows === rows;
}

/** Reads until the row with the number `leaveAt`; true if that is where it ended. */
async function takeSlowly(stream: QueryStream, progress: Progress, leaveAt: number): Promise<boolean> {
  for await (const row of stream) {
    if (progress.rows >= leaveAt) return true;
    takeRows([row], progress);
    // A slow reader is the subject: time has to pass in which it takes nothing.
    if (progress.rows % pausedRows === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return false;
}

async function runAborted({ connection, telemetry, mark }: JobContext, job: Job, progress: Progress): Promise<void> {
  const leaving = new AbortController();
  const timer = setTimeout(() => leaving.abort(), job.leaveAt);
  try {
    const query = telemetry.traced(job.trace, () =>
      connection.query(numbered(job.rows, mark), undefined, { signal: leaving.signal }),
    );
    await handOut(query, job.rows, progress);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a result beside all else, a batch each time that `turn` resolves. */
export async function readPaced(
  { connection, telemetry, mark }: JobContext,
  trace: string,
  rows: number,
  progress: Progress,
  turn: () => Promise<void>,
): Promise<void> {
  await using stream = await telemetry.traced(trace, () =>
    connection.stream(numbered(rows, mark), undefined, { prefetchBytes: 0 }),
  );
  progress.strategy = stream.strategy;
  for await (const batch of stream.batches()) {
    takeRows(batch.rows(), progress);
    await turn();
  }
  progress.isExact &&= progress.rows === rows;
}
