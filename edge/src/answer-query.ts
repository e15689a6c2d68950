import { type Connection, type ConnectOptions, connect, E6Error, type QueryResult } from "e6data-web";
import { answerError } from "./error-answer.ts";
import { toJsonValue } from "./json-value.ts";
import { readQueryRequest } from "./query-request.ts";

/** How long one query may take, in milliseconds. */
const queryTimeoutMs = 60_000;
/** Most rows of an answer: its JSON is made in memory, of which an isolate has little. */
const maxRows = 50_000;

/** What an answer needs of its platform. */
export interface QueryPlatform {
  readonly options: ConnectOptions;
  /** Keeps the function alive for what happens after the answer. */
  waitUntil(work: Promise<unknown>): void;
}

/**
 * Answers `POST /query` with a result as JSON, or with a typed error. A connection serves one request: no runtime at the
 * edge lets two requests share what is under way.
 */
export async function answerQuery(request: Request, platform: QueryPlatform): Promise<Response> {
  let connection: Connection | undefined;
  try {
    const sql = await readQueryRequest(request);
    // A caller at the edge is told that the cluster sleeps: waking it takes longer than a request may.
    connection = connect({ ...platform.options, autoResume: false });
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(queryTimeoutMs)]);
    return answerResult(await connection.query(sql, undefined, { signal }));
  } catch (error) {
    return answerError(error);
  } finally {
    if (connection !== undefined) {
      platform.waitUntil(connection.close());
    }
  }
}

function answerResult(result: QueryResult): Response {
  const { queryId, strategy, rowCount, fields } = result;
  if (rowCount > maxRows) {
    const hint = "add a limit to the statement";
    throw new E6Error("RESOURCE_EXHAUSTED", `the result has more than ${maxRows} rows`, { queryId, strategy, hint });
  }
  return Response.json({
    queryId,
    strategy,
    rowCount,
    fields: fields.map(({ name, type }) => ({ name, type })),
    rows: result.rows().map((row) => row.map(toJsonValue)),
  });
}
