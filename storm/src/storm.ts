import { startGateway } from "@e6data-web/gateway";
import { startMock } from "@e6data-web/mock";
import { connect } from "e6data-web";
import { createDeployer } from "./deployer.ts";
import type { PhaseFacts } from "./facts.ts";
import { createLedger } from "./ledger.ts";
import { batchRows, sizes } from "./page/jobs.ts";
import { numbered } from "./page/statements.ts";
import { servePage } from "./page-server.ts";
import { type Phase, runPhase } from "./phase.ts";
import { openTabs } from "./tabs.ts";

/** What a storm is made of. */
export interface StormOptions {
  /** How many tabs. */
  readonly tabs: number;
}

/** Tabs of a real browser, the real gateway, and a mock whose every call is taken down. */
export interface Storm extends AsyncDisposable {
  /** Runs a phase to its end; resolves to everything that was seen of it. */
  run(phase: Phase): Promise<PhaseFacts>;
  /** What each tab holds in memory, in bytes. */
  held(): Promise<readonly number[]>;
}

/** Starts everything on free ports. */
export async function openStorm({ tabs: count }: StormOptions): Promise<Storm> {
  await using parts = new AsyncDisposableStack();
  // In every name, token and statement, and to be found nowhere else.
  const mark = crypto.randomUUID().replaceAll("-", "").slice(0, 20);
  const ledger = createLedger(mark);
  const mock = parts.use(await startMock({ scale: 0.001, batchRows, batchesV2Bytes: 2000, sessionRefreshMs: 3000 }));
  for (const rows of sizes) await mock.record(numbered(rows, mark));
  const { blue, green, control } = mock;
  parts.defer(control.watchCalls((call) => ledger.call(call)));
  const gateway = parts.use(await startGateway({ blue, green }));
  const page = parts.use(await servePage());
  const keeper = parts.use(connect({ url: gateway.url, user: "keeper", token: "a token" }));
  const { list: tabs } = parts.use(
    await openTabs({
      ...{ count, mark, pageUrl: page.url, gatewayUrl: gateway.url },
      onTold: (told) => ledger.told(told),
      onText: (source, text) => ledger.text(source, text),
    }),
  );
  const deployer = createDeployer(mock, gateway);
  const everything = parts.move();
  return {
    run: (phase) => runPhase({ mock, deployer, ledger, tabs, keeper }, phase),
    held: () => Promise.all(tabs.map((tab) => tab.held())),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
