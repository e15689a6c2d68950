import type { CallRecord } from "@e6data-web/mock";
import { type Connection, connect } from "e6data-web";
import type { Strategy } from "e6data-web/headers";
import type { Count } from "./count.ts";
import { type Attempt, type Load, startLoad } from "./load.ts";

/** Queries at work. */
export interface Queries {
  readonly load: Load;
  /** Signs all out, once the load has stopped. */
  close(): Promise<unknown>;
}

/** Twenty queries of several pages at the same time, through all gateways, each with rows of its own; `ended` counts them. */
export function startQueries(urls: readonly string[], ended: Count): Queries {
  const connections = Array.from({ length: 4 }, (_, index) =>
    connect({ url: urls[index % urls.length] ?? "", user: `user ${index}`, token: "token" }),
  );
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
  return { load, close: () => Promise.all(connections.map((connection) => connection.close())) };
}

/** The stacks that each query was on. */
export function stacksOf(calls: readonly CallRecord[]): readonly (readonly [string, ReadonlySet<Strategy>])[] {
  const byQuery = Map.groupBy(calls, ({ query = "none" }) => query);
  byQuery.delete("none");
  return [...byQuery].map(([query, of]) => [query, new Set(of.map(({ stack }) => stack))]);
}
