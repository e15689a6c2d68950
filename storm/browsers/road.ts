import { type Gateway, startGateway } from "@e6data-web/gateway";
import { type Mock, startMock } from "@e6data-web/mock";
import type { Strategy } from "e6data-web";
import { bundlePage } from "../bundle-page.ts";
import { countQuery } from "./page/page-api.ts";
import { servePage } from "./page-server.ts";

/** What stands before and behind the tabs: the page's server, a real Envoy, the mock's two stacks. */
export interface Road extends AsyncDisposable {
  readonly mock: Mock;
  readonly gateway: Gateway;
  /** Where the page is. */
  readonly pageUrl: string;
  /** Everything as at the start: blue active, nothing announced, no sessions, no faults, no record. */
  reset(): Promise<void>;
  /** The operator announces a stack; with nothing, calls the announcement off. */
  announce(stack: Strategy | undefined): Promise<void>;
  /** The operator makes a stack the active one: queries that run on the other may end there. */
  promote(stack: Strategy): Promise<void>;
  /** Makes a stack the active one as soon as the next call of this RPC has been answered. The other one refuses everything from then on. */
  promoteHardAfter(rpc: string, stack: Strategy): Promise<void>;
  /** The engines have switched, and nobody has told the gateway, which goes on naming the other stack: only a search finds out. */
  promoteSilently(stack: Strategy): void;
}

/** Starts everything on free ports of 127.0.0.1. */
export async function startRoad(): Promise<Road> {
  await using parts = new AsyncDisposableStack();
  const script = await bundlePage(new URL("page/page-main.ts", import.meta.url));
  const mock = parts.use(await startMock({ scale: 0.001, maxCalls: 100_000 }));
  const { control } = mock;
  // Asked of the engine once: these tests are of tabs, not of SQL.
  await mock.record(countQuery.sql);
  const gateway = parts.use(await startGateway({ blue: mock.blue, green: mock.green }));
  const pages = parts.use(await servePage(script, gateway.url));
  const everything = parts.move();
  return {
    mock,
    gateway,
    pageUrl: pages.url,
    async reset() {
      await control.reset();
      await gateway.apply({ active: "blue" });
    },
    async announce(stack) {
      const { active } = control.state();
      control.announce(stack ?? null);
      await gateway.apply({ active, announced: stack });
    },
    async promoteHardAfter(rpc, stack) {
      await new Promise<void>((resolve) => {
        const unwatch = control.watchCalls((call) => {
          if (call.rpc !== rpc) return;
          unwatch();
          control.switch(stack, { hard: true });
          resolve();
        });
      });
      await gateway.apply({ active: stack });
    },
    async promote(stack) {
      control.switch(stack);
      await gateway.apply({ active: stack });
    },
    promoteSilently: (stack) => control.switch(stack),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
