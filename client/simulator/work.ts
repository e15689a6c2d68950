import type { Connection } from "../src/connection.ts";
import { isE6Error } from "../src/error.ts";
import type { Runtime } from "../src/runtime.ts";

/** What a tab is to do. */
export interface Work {
  readonly kind: "read" | "stream" | "cursor" | "write" | "look-up";
  readonly batches: number;
  readonly rowsInBatch: number;
  readonly isCounted: boolean;
  /** How long the caller thinks about each row, in milliseconds. */
  readonly pauseMs: number;
  /** After so many rows the caller has enough. */
  readonly leaveAfter: number | undefined;
  /** After so many milliseconds the caller changes its mind. */
  readonly abortAfterMs: number | undefined;
}

/** What has become of a work. */
export interface Outcome {
  /** The number of its statement. */
  readonly number: number;
  readonly work: Work;
  state: "running" | "done" | "failed" | "left";
  /** The code of its failure; the text of what is no `E6Error`. */
  code: string | undefined;
  /** The rows that the caller has. */
  readonly rows: unknown[];
  /** How often it waited for a sign-in or a search. */
  waits: number;
  begunAt: number;
  endedAt: number;
}

/** Does a work, and writes down what became of it. Never rejects. */
export async function doWork(connection: Connection, runtime: Runtime, outcome: Outcome): Promise<void> {
  const { work } = outcome;
  const leaving = new AbortController();
  const done = new AbortController();
  if (work.abortAfterMs !== undefined) {
    runtime.sleep(work.abortAfterMs, done.signal).then(
      () => leaving.abort(),
      () => undefined,
    );
  }
  try {
    await run(connection, runtime, outcome, leaving.signal);
    outcome.state = outcome.state === "running" ? "done" : outcome.state;
  } catch (error) {
    outcome.state = leaving.signal.aborted && isE6Error(error) && error.code === "CANCELLED" ? "left" : "failed";
    outcome.code = isE6Error(error) ? error.code : String(error);
  } finally {
    outcome.endedAt = runtime.now();
    done.abort();
  }
}

async function run(connection: Connection, runtime: Runtime, outcome: Outcome, signal: AbortSignal): Promise<void> {
  const { work, number } = outcome;
  const sql = work.kind === "write" ? `insert into t values (${number})` : `select ${number}`;
  const options = {
    signal,
    onEvent: ({ type }: { readonly type: string }) => {
      if (type === "authenticating") outcome.waits++;
    },
  };
  const reading = { dialect: "plain" as const };
  switch (work.kind) {
    case "look-up":
      await connection.tables({ signal });
      return;
    case "read":
    case "write":
      outcome.rows.push(...(await connection.query(sql, undefined, { ...options, ...reading })).rows().map(firstOf));
      return;
    case "cursor": {
      await using cursor = connection.cursor(reading);
      await cursor.execute(sql, undefined, options);
      for (let rows = await cursor.fetchMany(2); rows.length > 0; rows = await cursor.fetchMany(2)) {
        outcome.rows.push(...rows.map(firstOf));
        if (hasEnough(outcome)) return;
        if (work.pauseMs > 0) await runtime.sleep(work.pauseMs, never);
      }
      return;
    }
    case "stream": {
      const stream = await connection.stream(sql, undefined, {
        ...options,
        ...reading,
        prefetchBytes: number % 2 === 0 ? 0 : 10_000,
      });
      for await (const row of stream) {
        outcome.rows.push(firstOf(row));
        if (hasEnough(outcome)) return;
        if (work.pauseMs > 0) await runtime.sleep(work.pauseMs, never);
      }
    }
  }
}

const never = new AbortController().signal;
const firstOf = (row: readonly unknown[]) => row[0];

function hasEnough(outcome: Outcome): boolean {
  const { rows, work } = outcome;
  if (work.leaveAfter === undefined || rows.length < work.leaveAfter) return false;
  outcome.state = "left";
  return true;
}
