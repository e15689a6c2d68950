import type { Connection } from "../src/connection.ts";
import { unknownStrategy } from "../src/strategy/strategy-state.ts";
import { createMemoryStore, type StrategyStore } from "../src/strategy/strategy-store.ts";
import type { FakeGateway } from "./fake-gateway.ts";
import { createManualRuntime, type ManualRuntime } from "./manual-runtime.ts";
import { openConnectionOn } from "./open-connection.ts";

/** Some connections to one gateway that share what is known about the deployment, as tabs of a page do. */
export interface OpenTabs {
  readonly gateway: FakeGateway;
  readonly runtime: ManualRuntime;
  readonly store: StrategyStore;
  readonly tabs: readonly Connection[];
  /** Runs a query in a tab; the stack that it ran on. */
  query(tab?: number): Promise<string>;
  /** What stacks got since the last look, by stack and call: `green authenticate`. What they refused is not among it. */
  seen(): string[];
  /** Waits until all calls are answered but `held`, and everything has gone on that waits for nothing. */
  rest(held?: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens `count` tabs whose time passes only when a test says so. */
export function openTabs(count = 1, options: object = {}): OpenTabs {
  const runtime = createManualRuntime();
  const store = createMemoryStore(unknownStrategy("l", "e0"));
  const { gateway, connection } = openConnectionOn(runtime, { ...options, store });
  const others = Array.from({ length: count - 1 }, () =>
    openConnectionOn(runtime, { ...options, store, fetch: gateway.fetch }),
  );
  const tabs = [connection, ...others.map((other) => other.connection)];
  let looked = 0;
  return {
    gateway,
    runtime,
    store,
    tabs,
    async query(tab = 0) {
      const opened = tabs[tab];
      if (opened === undefined) throw new Error(`no tab ${tab}`);
      return (await opened.query("select 1")).strategy;
    },
    seen() {
      const calls = gateway.calls.slice(looked).map(({ stack, rpc }) => `${stack} ${rpc}`);
      looked = gateway.calls.length;
      return calls;
    },
    async rest(held = 0) {
      do await new Promise((resolve) => setTimeout(resolve, 1));
      while (gateway.inFlight > held);
    },
    async close() {
      await Promise.all(tabs.map((tab) => tab.close()));
    },
  };
}
