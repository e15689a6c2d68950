import { describe, expect, it } from "vitest";
import type { DeploymentEvent, DeploymentStep } from "../session/deployment-event.ts";
import { addToTally, emptyTally } from "./deployment-tally.ts";
import { type DeploymentSnapshot, health } from "./health.ts";
import { addToHistory, type HistoryEntry } from "./history.ts";

const start = 1_000_000;

/** A connection that knows blue and has been told these steps, one a second, as it is `at` afterwards. */
function snapshotAfter(steps: readonly DeploymentStep[], parts: Partial<DeploymentSnapshot> = {}): DeploymentSnapshot {
  const events = steps.map((step, index): DeploymentEvent => ({ ...step, at: start + 1_000 * index }));
  return {
    at: start + 60_000,
    active: "blue",
    announced: undefined,
    changedAt: start - 1_000,
    checkedAt: start - 500,
    sessions: ["blue"],
    pins: [],
    tally: events.reduce(addToTally, emptyTally),
    history: events.reduce<readonly HistoryEntry[]>((history, event) => addToHistory(history, event, 100), []),
    ...parts,
  };
}

const healthy = { status: "healthy", reasons: [] };
const undetected: DeploymentStep = { type: "detected", stack: undefined, code: "NO_ACTIVE_STACK", tookMs: 9 };
const detected: DeploymentStep = { type: "detected", stack: "blue", code: undefined, tookMs: 9 };
const refused: DeploymentStep = { type: "refused", stack: "green", code: "NETWORK", isFinal: false };
const lost: DeploymentStep = { type: "interrupted", queryId: "q", strategy: "blue", rowsDelivered: 1 };
const cured: DeploymentStep = { type: "recovered", code: "NETWORK", by: "restart", tries: 2, tookMs: 9 };
const switched: DeploymentStep = { type: "switched", from: "blue", to: "green", changedAt: start, tookMs: 1 };
const degraded = (part: "storage" | "bell" | "locks"): DeploymentStep => ({
  type: "store-degraded",
  part,
  reason: "QuotaExceededError",
});

describe("health()", () => {
  it("is well where nothing has happened, and where nothing is known yet", () => {
    const all = { status: "healthy", detection: healthy, store: healthy, sessions: healthy, recovery: healthy };
    expect(health(snapshotAfter([]))).toEqual(all);
    expect(health(snapshotAfter([], { active: undefined, checkedAt: 0, sessions: [] }))).toEqual(all);
  });

  it("is well after a deployment as it should be", () => {
    const announced: DeploymentStep = { type: "announced", stack: "green", by: "header" };
    const steps = [detected, announced, { type: "accepted", stack: "green" } as const, switched, cured];
    expect(health(snapshotAfter(steps)).status).toBe("healthy");
  });

  it.each<[string, DeploymentStep[], Partial<DeploymentSnapshot>, string, string | undefined]>([
    ["a search that found nothing", [undetected], {}, "unhealthy", "no stack was found to take work: NO_ACTIVE_STACK"],
    ["one after which a stack was found", [undetected, detected], {}, "healthy", undefined],
    ["one after which a stack has worked", [undetected], { checkedAt: start + 1 }, "healthy", undefined],
  ])("judges detection by %s", (_case, steps, parts, status, reason) => {
    const reasons = reason === undefined ? [] : [reason];
    expect(health(snapshotAfter(steps, parts))).toMatchObject({ status, detection: { status, reasons } });
  });

  it("judges the store by what it does without", () => {
    const { status, store } = health(snapshotAfter([degraded("storage"), degraded("locks")]));
    expect([status, store]).toEqual([
      "degraded",
      {
        status: "degraded",
        reasons: [
          "the storage does not work (QuotaExceededError): this tab finds out alone",
          "locks do not work (QuotaExceededError): several tabs may look for the active stack at a time",
        ],
      },
    ]);
    const restored: DeploymentStep = { type: "store-restored" };
    expect(health(snapshotAfter([degraded("storage"), degraded("bell"), restored])).store).toEqual(healthy);
    // Locks are no part of what has come back.
    expect(health(snapshotAfter([degraded("locks"), degraded("bell"), restored])).store.reasons).toHaveLength(1);
  });

  it("judges sessions by how the announced stack has refused", () => {
    const of = (...steps: DeploymentStep[]) => health(snapshotAfter(steps, { announced: "green" })).sessions;
    const because = (why: string) => [`green, which is announced, ${why}`];
    expect(of(refused)).toEqual({ status: "degraded", reasons: because("refuses: NETWORK") });
    expect(of({ ...refused, code: "AUTHENTICATION_FAILED", isFinal: true })).toEqual({
      status: "unhealthy",
      reasons: because("refuses: AUTHENTICATION_FAILED; it is not asked again"),
    });
    expect(of({ ...refused, code: undefined })).toEqual({
      status: "degraded",
      reasons: because("accepts, but the gateway still names the other stack"),
    });
    const ends: DeploymentStep[] = [
      { type: "accepted", stack: "green" },
      { type: "called-off", stack: "green" },
      { type: "announced", stack: "green", by: "header" },
      switched,
    ];
    for (const end of ends) expect(of(refused, end), end.type).toEqual(healthy);
    expect(of(refused, { type: "accepted", stack: "blue" }).status).toBe("degraded");
    expect(health(snapshotAfter([refused])).sessions.reasons).toEqual(["green refuses: NETWORK"]);
  });

  it("forgives a stack that refused to let it in where it is active by now, and has", () => {
    const of = (sessions: readonly ("blue" | "green")[]) =>
      health(snapshotAfter([refused], { active: "green", sessions })).sessions.status;
    expect([of(["blue"]), of(["blue", "green"])]).toEqual(["degraded", "healthy"]);
    // What it let in before says nothing of a switch to come.
    expect(health(snapshotAfter([refused], { announced: "green", sessions: ["blue", "green"] })).status).toBe(
      "degraded",
    );
  });

  it("judges recovery by what was lost in the last five minutes", () => {
    const of = (steps: DeploymentStep[], at = start + 60_000) => health(snapshotAfter(steps, { at })).recovery;
    expect(of([cured, cured])).toEqual(healthy);
    expect(of([lost, cured, cured])).toEqual({
      status: "degraded",
      reasons: ["1 interrupted and 2 recovered in the last 5 minutes"],
    });
    expect(of([lost, lost, cured]).status).toBe("unhealthy");
    expect(of([lost, lost, lost, cured], start + 301_500)).toEqual({
      status: "degraded",
      reasons: ["1 interrupted and 1 recovered in the last 5 minutes"],
    });
    expect(of([lost], start + 300_000)).toEqual(healthy);
  });

  it("counts no cure of an earlier time among those of the last five minutes", () => {
    const hours = Array.from({ length: 24 }, (_, hour): DeploymentEvent => ({ ...cured, at: 3_600_000 * hour }));
    const at = 3_600_000 * 23 + 1;
    const events: readonly DeploymentEvent[] = [...hours, { ...lost, at }];
    const history = events.reduce<readonly HistoryEntry[]>((all, event) => addToHistory(all, event, 100), []);
    expect(health(snapshotAfter([], { history, at })).recovery.reasons).toEqual([
      "1 interrupted and 1 recovered in the last 5 minutes",
    ]);
  });

  it("is as bad as its worst part", () => {
    expect(health(snapshotAfter([degraded("bell")])).status).toBe("degraded");
    expect(health(snapshotAfter([degraded("bell"), lost])).status).toBe("unhealthy");
  });

  it("judges what was sent elsewhere as JSON alike", () => {
    const snapshot = snapshotAfter([degraded("bell"), refused, undetected, lost, cured]);
    expect(health(JSON.parse(JSON.stringify(snapshot)))).toEqual(health(snapshot));
  });
});
