import { test as base } from "@playwright/test";
import { ConsolePage } from "./console-page.ts";
import { openProbe, type Probe } from "./probe-page.ts";
import { type Road, startRoad } from "./road.ts";

interface TestFixtures {
  /** The road, fresh for this test. */
  readonly road: Road;
  /** The console, open and not connected yet. */
  readonly console: ConsolePage;
  /** The probe page, open on an origin that the gateway allows. */
  readonly probe: Probe;
}

interface WorkerFixtures {
  readonly sharedRoad: Road;
}

/** Playwright's `test` with a running road. It is started once; each test finds it as it was at the start. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  sharedRoad: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs off this pattern
    async ({}, use) => {
      const road = await startRoad();
      await use(road);
      await road.close();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  road: async ({ sharedRoad }, use) => {
    await sharedRoad.reset();
    await use(sharedRoad);
  },
  console: async ({ road, page }, use) => {
    await page.goto(road.consoleUrl);
    await use(new ConsolePage(page));
  },
  probe: async ({ road, page }, use) => {
    await use(await openProbe(page, road.probeUrl));
  },
});
