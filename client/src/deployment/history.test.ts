import { describe, expect, it } from "vitest";
import type { DeploymentEvent, DeploymentStep } from "../session/deployment-event.ts";
import { addToHistory, type HistoryEntry } from "./history.ts";

/** The history of steps, one a millisecond from 1 on. */
function historyOf(steps: readonly DeploymentStep[], limit = 100): readonly HistoryEntry[] {
  return steps
    .map((step, index): DeploymentEvent => ({ ...step, at: index + 1 }))
    .reduce<readonly HistoryEntry[]>((history, event) => addToHistory(history, event, limit), []);
}

const announced: DeploymentStep = { type: "announced", stack: "green", by: "header" };
const calledOff: DeploymentStep = { type: "called-off", stack: "green" };
const blueMismatch: DeploymentStep = { type: "mismatch", stack: "blue" };
const greenMismatch: DeploymentStep = { type: "mismatch", stack: "green" };
const recovered: DeploymentStep = {
  type: "recovered",
  code: "STRATEGY_MISMATCH",
  by: "detection",
  tries: 2,
  tookMs: 5,
};
const refused: DeploymentStep = { type: "refused", stack: "green", code: "NETWORK", isFinal: false };

/** Types, how often, and from when to when. */
const shape = (history: readonly HistoryEntry[]) =>
  history.map(({ event, times, firstAt }) => `${event.type} ×${times} ${firstAt}-${event.at}`);

describe("addToHistory()", () => {
  it("keeps events in their order", () => {
    expect(shape(historyOf([announced, calledOff, announced, calledOff]))).toEqual([
      "announced ×1 1-1",
      "called-off ×1 2-2",
      "announced ×1 3-3",
      "called-off ×1 4-4",
    ]);
  });

  it("keeps the last of them", () => {
    expect(shape(historyOf([announced, calledOff, announced, calledOff], 3))).toEqual([
      "called-off ×1 2-2",
      "announced ×1 3-3",
      "called-off ×1 4-4",
    ]);
  });

  it("makes one entry of what comes in numbers, also where kinds take turns", () => {
    const storm = Array.from({ length: 500 }, () => [blueMismatch, recovered]).flat();
    expect(shape(historyOf([announced, ...storm, calledOff, blueMismatch]))).toEqual([
      "announced ×1 1-1",
      "mismatch ×500 2-1000",
      "recovered ×500 3-1001",
      "called-off ×1 1002-1002",
      "mismatch ×1 1003-1003",
    ]);
  });

  it("begins another entry after a minute: what happens now and then is told with its times", () => {
    const events = [1, 60_000, 60_001, 120_000].map((at): DeploymentEvent => ({ ...recovered, at }));
    const history = events.reduce<readonly HistoryEntry[]>((all, event) => addToHistory(all, event, 100), []);
    expect(shape(history)).toEqual(["recovered ×2 1-60000", "recovered ×2 60001-120000"]);
  });

  it("tells kinds apart: stacks, codes, cures", () => {
    const kinds = [
      blueMismatch,
      greenMismatch,
      refused,
      { ...refused, code: "GATEWAY" } as const,
      recovered,
      { ...recovered, by: "restart" } as const,
      { ...recovered, code: "NETWORK" } as const,
    ];
    expect(historyOf([...kinds, ...kinds]).map(({ times }) => times)).toEqual(kinds.map(() => 2));
  });

  it("keeps each query that was lost", () => {
    const lost: DeploymentStep = { type: "interrupted", queryId: "q", strategy: "blue", rowsDelivered: 1 };
    expect(historyOf([lost, lost])).toHaveLength(2);
  });

  it("changes no history that somebody holds", () => {
    const before = historyOf([blueMismatch]);
    addToHistory(before, { ...blueMismatch, at: 9 }, 1);
    expect(shape(before)).toEqual(["mismatch ×1 1-1"]);
  });
});
