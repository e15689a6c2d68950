import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FakeSharing, type Step } from "../../test/fake-sharing.ts";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { news, other } from "../../test/view-news.ts";
import { platformRuntime } from "../runtime.ts";
import type { StrategyEvent, StrategyState } from "../strategy/strategy-state.ts";

/** What a tab may find out at any time; what is false in its view changes nothing. */
const findings: readonly ((view: StrategyState, at: number) => StrategyEvent)[] = [
  (view, at) => news.accepted(view, "blue", at),
  (view, at) => news.accepted(view, "green", at),
  (view, at) => news.announced(view, other(view.active), at),
  (view, at) => news.announced(view, undefined, at),
  (view, at) => news.switched(view, at),
  (view, at) => news.worked(view, view.active ?? "blue", at),
];

const action = fc.record({
  tab: fc.nat({ max: 3 }),
  finding: fc.option(fc.nat({ max: findings.length - 1 }), { nil: undefined, freq: 8 }),
  /** How many steps of the platform end before the next action. */
  steps: fc.nat({ max: 3 }),
});

/** Bells that are lost. */
const losses = fc.infiniteStream(fc.boolean());

describe("SharedStore, in any order of its steps", () => {
  it("comes to one row, mirrors that are equal to it, and a version for each committed change", async () => {
    const property = fc.asyncProperty(fc.array(action, { maxLength: 40 }), fc.scheduler(), losses, play);
    await fc.assert(property, { numRuns: 300 });
  });
});

async function play(
  actions: readonly { tab: number; finding: number | undefined; steps: number }[],
  scheduler: fc.Scheduler,
  isLost: fc.Stream<boolean>,
): Promise<void> {
  const sharing = new FakeSharing();
  // Ids that no other tab makes; time stands still, so that nothing takes too long.
  const runtime = Object.assign(createManualRuntime(), { newId: platformRuntime.newId });
  const pace = (step: Step) =>
    step === "hear" && isLost.next().value === true
      ? Promise.reject(new Error("lost"))
      : scheduler.schedule(Promise.resolve(), step);
  const tabs = Array.from({ length: 4 }, () =>
    sharing.open(runtime, (step) => (step === "join" ? undefined : pace(step))),
  );
  const seen = tabs.map(({ store }) => watchVersions(store.read()));
  const check = () => {
    for (const [index, { store }] of tabs.entries()) seen[index]?.(store.read());
  };
  for (const [at, { tab, finding, steps }] of actions.entries()) {
    const { store, page } = tabs[tab] ?? tabs[0] ?? expect.fail("no tab");
    if (finding === undefined) page.wake();
    else store.dispatch(findings[finding]?.(store.read(), (at + 1) * 20_000) ?? expect.fail("no finding"));
    check();
    for (let step = 0; step < steps && scheduler.count() > 0; step++) await scheduler.waitOne();
    check();
  }
  await scheduler.waitIdle();
  // The last bells may have been lost: whoever is looked at reads again.
  for (const { page } of tabs) page.wake();
  await scheduler.waitIdle();
  check();
  const { row } = sharing;
  if (row !== undefined) for (const { store } of tabs) expect(store.read()).toEqual(row);
  checkHistory(sharing.history.filter((state) => state !== undefined));
  for (const { store } of tabs) {
    const closed = store.close();
    await scheduler.waitIdle();
    await closed;
  }
  expect([sharing.inUse, ...tabs.flatMap(({ events }) => events)]).toEqual([0]);
}

/** A row has one life while nobody wipes it, and another version exactly where it says something else. */
function checkHistory(history: readonly StrategyState[]): void {
  expect(new Set(history.map(({ lineage }) => lineage)).size).toBeLessThanOrEqual(1);
  const news = history.map(({ epoch, pending, cooldown }) => JSON.stringify([epoch, pending?.id, cooldown?.until]));
  for (const [index, { version }] of history.entries()) {
    const grew = version - (history[index - 1]?.version ?? 0);
    if (index > 0 && news[index] === news[index - 1]) expect(grew).toBe(0);
    else expect(grew).toBeGreaterThanOrEqual(1);
  }
}

/** A check that within a lineage the versions that one tab sees only grow. */
function watchVersions(first: StrategyState): (state: StrategyState) => void {
  const newest = new Map([[first.lineage, first.version]]);
  return ({ lineage, version }) => {
    expect(version).toBeGreaterThanOrEqual(newest.get(lineage) ?? 0);
    newest.set(lineage, version);
  };
}
