import { type Client, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { startGateway } from "@e6data-web/gateway";
import { startMock } from "@e6data-web/mock";
import { connect } from "e6data-web";
import { QueryEngineService } from "e6data-web/proto";
import type { Benchmark } from "./benchmark.ts";
import { measureRounds, type Subject, type Timing } from "./measure.ts";

const sql = "select 1";
const queriesInRound = 20;
const rounds = { warmUp: 5, counted: 25 };
const names = { client: "connection.query()", bare: "bare connect-web, the same calls" };

/** What the client costs a small query, beside the calls that it makes. */
export const smallQueryBenchmark: Benchmark = {
  name: "small-query",
  about: `"${sql}" through Envoy, ${queriesInRound} one after the other, against the same calls by bare connect-web`,
  run: async () => {
    await using mock = await startMock({ scale: 0.001 });
    await using gateway = await startGateway({ blue: mock.blue, green: mock.green });
    await using connection = connect({ url: gateway.url, user: "bench", token: "bench" });
    const bare = await signIn(gateway.url);
    mock.control.clearCalls();
    await connection.query(sql);
    const calls = mock.control.calls().map(({ rpc }) => rpc);
    const timings = await measureRounds(
      [repeated(names.client, () => connection.query(sql)), repeated(names.bare, () => bare(calls))],
      rounds,
    );
    return [`calls of a query: ${calls.join(", ")}`, "", ...report(timings)];
  },
};

/** A client without anything of ours: it makes the calls that it is told, and reads no result. */
async function signIn(baseUrl: string): Promise<(calls: readonly string[]) => Promise<void>> {
  const client: Client<typeof QueryEngineService> = createClient(
    QueryEngineService,
    createGrpcWebTransport({ baseUrl }),
  );
  const headers = { strategy: "blue" };
  const { sessionId } = await client.authenticate({ user: "bench", password: "bench" }, { headers });
  return async (calls) => {
    const { queryId, engineIP } = await client.prepareStatement({ sessionId, queryString: sql }, { headers });
    const query = { sessionId, queryId, engineIP };
    const pinned = { headers: { ...headers, plannerip: engineIP } };
    await client.executeStatement(query, pinned);
    await client.getResultMetadata(query, pinned);
    for (const rpc of calls) {
      if (rpc === "getNextResultBatch") await client.getNextResultBatch(query, pinned);
      else if (rpc === "getNextResultBatchV2") await client.getNextResultBatchV2(query, pinned);
    }
    // The client does not wait for this one either.
    void client.clear(query, pinned);
  };
}

function repeated(name: string, query: () => Promise<unknown>): Subject {
  return {
    name,
    measure: async () => {
      const start = performance.now();
      for (let i = 0; i < queriesInRound; i++) await query();
      return (performance.now() - start) / queriesInRound;
    },
  };
}

function report(timings: ReadonlyMap<string, Timing>): string[] {
  const lines = [...timings.values()].map(
    ({ name, median, min }) => `${name.padEnd(36)}${median.toFixed(3).padStart(10)}${min.toFixed(3).padStart(10)}`,
  );
  const [ours, bare] = [timings.get(names.client), timings.get(names.bare)];
  if (ours === undefined || bare === undefined) return lines;
  const ratios = `${(ours.median / bare.median).toFixed(2).padStart(10)}${(ours.min / bare.min).toFixed(2).padStart(10)}`;
  return [
    `${"milliseconds for one query".padEnd(36)}    median       min`,
    ...lines,
    `${"client / bare".padEnd(36)}${ratios}  at most 1.15 wanted`,
  ];
}
