import { quantile } from "./measure.ts";

/** What h2load was to do. */
export interface LoadExpected {
  /** How many calls in all. */
  readonly calls: number;
  /** How long the body of each answer has to be: an error is shorter, and an answer of HTTP 200 like any other. */
  readonly answerBytes: number;
}

/** What was seen of a load. */
export interface LoadSeen {
  /** Milliseconds from the first call to the last answer. */
  readonly milliseconds: number;
  /** Milliseconds of a call. */
  readonly median: number;
  readonly p99: number;
}

/**
 * Reads what h2load has printed, and its log of a line for each call. h2load takes HTTP 200 for success, and so are gRPC's errors: the bytes
 * tell them apart. Throws if one of the calls did not end as it should.
 */
export function readReport({ calls, answerBytes }: LoadExpected, output: string, log: string): LoadSeen {
  const [, succeeded] = /(\d+) succeeded, 0 failed, 0 errored, 0 timeout/.exec(output) ?? [];
  const [, bytes] = /^traffic:.*\((\d+)\) data$/m.exec(output) ?? [];
  if (Number(succeeded) !== calls || Number(bytes) !== calls * answerBytes) {
    throw new Error(`not every call got the answer of ${answerBytes} bytes that it should: ${output}`);
  }
  const lines = log.trim().split("\n").map(readLine);
  if (lines.length !== calls) throw new Error(`the log has ${lines.length} lines of ${calls} calls`);
  return summarise(lines);
}

/** When a call began and how long it took, in microseconds. */
interface LoggedCall {
  readonly began: number;
  readonly took: number;
}

/** The HTTP status stands between the two. */
function readLine(line: string): LoggedCall {
  const [, began, took] = /^(\d+)\t\d+\t(\d+)$/.exec(line) ?? [];
  if (began === undefined || took === undefined) throw new Error(`the log has a line of another form: ${line}`);
  return { began: Number(began), took: Number(took) };
}

function summarise(calls: readonly LoggedCall[]): LoadSeen {
  const times = calls.map(({ took }) => took / 1000);
  const first = calls.reduce((min, { began }) => Math.min(min, began), Number.POSITIVE_INFINITY);
  const last = calls.reduce((max, { began, took }) => Math.max(max, began + took), 0);
  return { milliseconds: (last - first) / 1000, median: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
