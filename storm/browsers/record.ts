import type { CallRecord, Mock } from "@e6data-web/mock";
import type { Strategy } from "e6data-web";

/** One query as the stacks saw it. */
export interface QueryRecord {
  readonly id: string;
  /** Which tab: each signs in as a user of its own. */
  readonly user: string | undefined;
  readonly stack: Strategy;
  /** Whether all of its calls went to one stack and named one session and one engine, which a first call does not know yet. */
  readonly isPinned: boolean;
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
    return [...found].flatMap(([id, calls]) => {
      const [first] = calls;
      if (first === undefined) return [];
      const { user, stack } = first;
      const places = new Set(calls.map((call) => `${call.stack} ${call.session}`));
      const engines = new Set(calls.flatMap(({ plannerIp }) => plannerIp ?? []));
      const rpcs = calls.map(({ rpc }) => rpc).sort();
      return { id, user, stack, isPinned: places.size === 1 && engines.size === 1, rpcs };
    });
  }
}

const isGood = ({ outcome }: CallRecord): boolean => outcome.kind === "grpc" && outcome.status === "OK";

/** Whether a call was refused by 456. */
export const isRefused = ({ outcome }: CallRecord): boolean => outcome.kind === "http" && outcome.status === 456;
