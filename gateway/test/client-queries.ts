import type { CallRecord, Mock } from "@e6data-web/mock";
import { type Connection, connect } from "e6data-web";
import { createCount } from "./count.ts";
import { type Attempt, startLoad } from "./load.ts";

/** Queries at work. */
export interface Queries {
  /** Waits for as long as each caller takes to have been there. Rejects as soon as a query has failed. */
  quiet(): Promise<void>;
  /** Ends them, and tells what came of them. */
  end(): Promise<QueriesSeen>;
}

/** What came of queries. */
export interface QueriesSeen {
  /** Those that failed, or got other rows than theirs. */
  readonly problems: readonly string[];
  /** Calls that came to another stack than the one that they name. */
  readonly astray: readonly CallRecord[];
  /** Queries whose calls came to more than one stack. */
  readonly torn: readonly string[];
  /** HTTP statuses with which calls were refused. */
  readonly refusals: ReadonlySet<number>;
}

/** Twenty queries of several pages at the same time, through all gateways before a mock, each with rows of its own. */
export function startQueries(urls: readonly string[], { control }: Mock): Queries {
  const calls: CallRecord[] = [];
  control.watchCalls((call) => calls.push(call));
  const connections = Array.from({ length: 4 }, (_, index) =>
    connect({ url: urls[index % urls.length] ?? "", user: `user ${index}`, token: "token" }),
  );
  const ended = createCount();
  let asked = 0;
  const query = (connection: Connection): Attempt => {
    return async () => {
      asked += 1;
      const number = asked;
      const result = await connection.query(`select ${number} as number from range(3)`);
      const numbers = [...result.rows()].map(([value]) => Number(value));
      ended.add();
      return numbers.join() === [number, number, number].join() ? undefined : `query ${number} got ${numbers.join()}`;
    };
  };
  const load = startLoad(connections.flatMap((connection) => Array.from({ length: 5 }, () => query(connection))));
  return {
    quiet: () => Promise.race([ended.until(ended.value + 20), load.failed]),
    end: async () => {
      const problems = await load.stop();
      await Promise.all(connections.map((connection) => connection.close()));
      return { problems, ...lookAt(calls) };
    },
  };
}

function lookAt(calls: readonly CallRecord[]): Omit<QueriesSeen, "problems"> {
  const byQuery = Map.groupBy(
    calls.filter(({ query }) => query !== undefined),
    ({ query = "" }) => query,
  );
  const torn = [...byQuery].filter(([, of]) => new Set(of.map(({ stack }) => stack)).size > 1);
  return {
    astray: calls.filter(({ strategy, stack }) => strategy !== stack),
    torn: torn.map(([query]) => query),
    refusals: new Set(calls.flatMap(({ outcome }) => (outcome.kind === "http" ? [outcome.status] : []))),
  };
}
