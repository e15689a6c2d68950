import type { Strategy } from "e6data-web";
import { expect } from "vitest";
import type { Tab } from "./driver/browser.ts";
import { countQuery, type QueryEnd, type View } from "./page/page-api.ts";
import { CallsOfCluster } from "./record.ts";
import type { Road } from "./road.ts";

let count = 0;

/** One scenario: tabs that share a cluster's name which no other scenario has, and the mock's record of them. */
export class Stage<Kind extends Tab = Tab> {
  readonly record: CallsOfCluster;
  readonly tabs: readonly Kind[];
  /** As whom the tabs sign in, one each. */
  readonly users: readonly string[];
  readonly cluster: string;
  readonly #road: Road;

  constructor(road: Road, tabs: readonly Kind[]) {
    this.cluster = `storm-${++count}`;
    this.record = new CallsOfCluster(road.mock, this.cluster);
    this.tabs = tabs;
    this.users = tabs.map((_, index) => `tab-${index}`);
    this.#road = road;
  }

  /** Opens a connection in each tab. */
  async openAll(): Promise<void> {
    await Promise.all(this.tabs.map((tab, index) => this.open(tab, this.users[index] ?? "")));
  }

  /** Opens a connection in a tab, which may be another one. */
  async open(tab: Tab, user: string): Promise<void> {
    await tab.call("open", { url: this.#road.gateway.url, cluster: this.cluster, user });
  }

  /** One query in each tab, at about the same time: the stacks that answered. Fails with the first that did not end well. */
  async queryAll(): Promise<readonly Strategy[]> {
    return (await Promise.all(this.tabs.map((tab) => tab.call("query", 1)))).flat().map(stackOf);
  }

  /** Waits until nothing is under way: queries are cleared behind their callers' backs. */
  async untilQuiet(): Promise<void> {
    const { control } = this.#road.mock;
    const busy = () => {
      const { blue, green } = control.state().stacks;
      const running = this.record.calls.filter(({ outcome }) => outcome.kind === "pending");
      return { queries: blue.queries + green.queries, running: running.map(({ rpc }) => rpc) };
    };
    await expect.poll(busy, patience).toEqual({ queries: 0, running: [] });
  }

  /** Waits until every tab knows, or has, what is asked for. */
  async untilAll(isSo: (view: View) => boolean, what: string): Promise<void> {
    await expect
      .poll(async () => (await Promise.all(this.tabs.map((tab) => tab.call("view")))).filter((view) => !isSo(view)), {
        message: `every tab ${what}; these do not`,
        ...patience,
      })
      .toEqual([]);
  }
}

/** How long a condition is waited for: far longer than it takes, for a machine may be busy. */
export const patience = { timeout: 20_000, interval: 20 } as const;

/** The stack on which a query ran. Throws for one that did not end well. */
export function stackOf(end: QueryEnd): Strategy {
  if (end.kind === "failed") throw new Error(`a query failed with ${end.code}: ${end.message}`);
  expect(end.value).toBe(countQuery.value);
  return end.stack;
}

/** As many of the same as there are tabs. */
export function everywhere<T>({ tabs }: Stage, value: T): readonly T[] {
  return tabs.map(() => value);
}
