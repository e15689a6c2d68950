import type { CallRecord, Mock } from "@e6data-web/mock";
import type { Strategy } from "e6data-web";

/** One query as the stacks saw it. */
export interface QueryRecord {
  readonly id: string;
  /** Which tab: each signs in as a user of its own. */
  readonly user: string | undefined;
  /** Where its calls went, and the session and the engine that they named. One of each, if it was pinned. */
  readonly triples: ReadonlySet<string>;
  readonly stack: Strategy;
  /** Its calls, in the order of their names: they may overtake one another. */
  readonly rpcs: readonly string[];
}

/** What the mock has recorded of one cluster's tabs. */
export class CallsOfCluster {
  readonly #mock: Mock;
  readonly #cluster: string;

  constructor(mock: Mock, cluster: string) {
    this.#mock = mock;
    this.#cluster = cluster;
  }

  /** All calls so far, oldest first. */
  get calls(): readonly CallRecord[] {
    return this.#mock.control.calls().filter(({ clusterName }) => clusterName === this.#cluster);
  }

  /** The sign-ins on a stack that it accepted, and those that it refused, by the tabs' users. */
  signIns(stack: Strategy): { readonly accepted: readonly string[]; readonly refused: number } {
    const signIns = this.asked(stack);
    const accepted = signIns.filter(isGood).map(({ user }) => String(user));
    return { accepted: accepted.sort(), refused: signIns.filter(isRefused).length };
  }

  /** The sign-ins on a stack, also those that it has not answered yet: of them nobody knows the user. */
  asked(stack: Strategy): readonly CallRecord[] {
    return this.calls.filter((call) => call.rpc === "authenticate" && call.stack === stack);
  }

  /** Calls that did not end well. */
  get failures(): readonly CallRecord[] {
    return this.calls.filter((call) => !isGood(call));
  }

  /** All queries, by the number of their first call. */
  get queries(): readonly QueryRecord[] {
    const found = Map.groupBy(
      this.calls.filter(({ query }) => query !== undefined),
      ({ query }) => String(query),
    );
    return [...found].map(([id, calls]) => ({
      id,
      user: calls[0]?.user,
      stack: calls[0]?.stack ?? "blue",
      triples: new Set(calls.map(({ stack, session }) => `${stack} ${session}`)),
      rpcs: calls.map(({ rpc }) => rpc).sort(),
    }));
  }
}

const isGood = ({ outcome }: CallRecord): boolean => outcome.kind === "grpc" && outcome.status === "OK";

/** Whether a call was refused by 456. */
export const isRefused = ({ outcome }: CallRecord): boolean => outcome.kind === "http" && outcome.status === 456;
