import { create, toBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { type Connection, connect } from "e6data-web";
import { GetNextResultBatchRequestSchema, QueryEngineService } from "e6data-web/proto";
import { fetchAllRows, readColumns, readRows, streamRows } from "./client-readings.ts";

/** How a result is read; `raw`: its bytes are fetched and dropped. */
export type ReadingWay = "columns" | "rows" | "fetched" | "streamed" | "raw";

/** What a reader is to read, and from where. */
export interface ReadingOrder {
  readonly url: string;
  readonly sql: string;
  /** The calls by which the client fetches: the raw way makes the same. */
  readonly fetches: readonly string[];
  readonly rowCount: number;
}

/** Reads a result and measures itself. Resolves to the milliseconds and the number of rows seen. */
export type Reader = (way: ReadingWay) => Promise<readonly [milliseconds: number, rows: number]>;

/** Signs in, to read the same result again and again in whatever runtime this is. What was read is let go of before the next time. */
export async function createReader(order: ReadingOrder): Promise<Reader> {
  const { url, sql, rowCount } = order;
  const connection = connect({ url, user: "bench", token: "bench" });
  const raw = await createRawReader(order);
  // What a way resolves to lives until the clock has stopped.
  const ways: Readonly<Record<ReadingWay, () => Promise<number | readonly unknown[]>>> = {
    columns: () => readColumns(connection, sql),
    rows: () => readRows(connection, sql),
    fetched: () => fetchAllRows(connection, sql),
    streamed: () => countStreamed(connection, sql),
    raw: async () => ((await raw()) < 8 * rowCount ? 0 : rowCount),
  };
  return async (way) => {
    const start = performance.now();
    const seen = await ways[way]();
    return [performance.now() - start, typeof seen === "number" ? seen : seen.length];
  };
}

/** Each row read and dropped. */
async function countStreamed(connection: Connection, sql: string): Promise<number> {
  let rows = 0;
  await streamRows(connection, sql, () => {
    rows++;
  });
  return rows;
}

/** Fetches the same answers by the same calls, and does nothing with them. Resolves to the number of their bytes. */
async function createRawReader({ url, sql, fetches }: ReadingOrder): Promise<() => Promise<number>> {
  const client = createClient(QueryEngineService, createGrpcWebTransport({ baseUrl: url }));
  const headers = { strategy: "blue" };
  const { sessionId } = await client.authenticate({ user: "bench", password: "bench" }, { headers });
  return async () => {
    const { queryId, engineIP } = await client.prepareStatement({ sessionId, queryString: sql }, { headers });
    const query = { sessionId, queryId, engineIP };
    const pinned = { ...headers, plannerip: engineIP };
    await client.executeStatement(query, { headers: pinned });
    await client.getResultMetadata(query, { headers: pinned });
    const message = toBinary(GetNextResultBatchRequestSchema, create(GetNextResultBatchRequestSchema, query));
    const body = new Uint8Array(5 + message.length);
    new DataView(body.buffer).setUint32(1, message.length);
    body.set(message, 5);
    let bytes = 0;
    for (const rpc of fetches) {
      const init = { method: "POST", body, headers: { ...pinned, "content-type": "application/grpc-web+proto" } };
      const answer = await fetch(`${url}/QueryEngineService/${rpc}`, init);
      bytes += (await answer.arrayBuffer()).byteLength;
    }
    void client.clear(query, { headers: pinned });
    return bytes;
  };
}
