import { describe, expect, it } from "vitest";
import { fakeReplicas } from "../../test/fake-replicas.ts";
import { awaitReadiness, censusBetween, type ReadinessGoal, readyShare } from "./census.ts";

const goal: ReadinessGoal = { share: 0.95, window: 3000, minCalls: 20, deadline: 10_000 };

describe("awaitReadiness()", () => {
  it("waits until enough of the calls of the last window are by callers who are ready", async () => {
    const { replicas, clock } = fakeReplicas([
      [{ ready: { blue: 1000, green: 0 } }],
      [{ ready: { blue: 1100, green: 0 } }],
      [{ ready: { blue: 1101, green: 99 } }],
      // The window of three seconds begins at the first sample: 101 of 300 are behind.
      [{ ready: { blue: 1101, green: 199 } }],
      // From the second on: 1 of 300.
      [{ ready: { blue: 1101, green: 299 } }],
    ]);
    expect(await awaitReadiness("green", goal, replicas, clock)).toEqual({
      isReady: true,
      census: { ready: 299, behind: 1 },
    });
    expect(clock.now()).toBe(4000);
  });

  it("judges no window that is not over", async () => {
    const { replicas, clock } = fakeReplicas([[{}], [{ ready: { blue: 0, green: 100 } }]]);
    expect((await awaitReadiness("green", goal, replicas, clock)).isReady).toBe(true);
    expect(clock.now()).toBe(3000);
  });

  it.each([
    ["no calls", { blue: 0, green: 0 }],
    ["too few calls", { blue: 0, green: 19 }],
    ["callers who stay behind", { blue: 6, green: 94 }],
  ])("takes %s for no readiness, and says what it saw once the time is over", async (_, ready) => {
    const { replicas, clock } = fakeReplicas([[{}], [{ ready }]]);
    const outcome = await awaitReadiness("green", { ...goal, deadline: 3000 }, replicas, clock);
    expect(outcome).toEqual({ isReady: false, census: { ready: ready.green, behind: ready.blue } });
    expect(clock.now()).toBe(3000);
  });

  it("ends where nothing is to be waited for", async () => {
    const { replicas, clock } = fakeReplicas([[{}]]);
    expect(await awaitReadiness("green", { ...goal, window: 0, deadline: 0 }, replicas, clock)).toEqual({
      isReady: false,
      census: { ready: 0, behind: 0 },
    });
  });

  it("waits for a gateway that does not answer", async () => {
    const ready = { blue: 0, green: 100 };
    const { replicas, clock } = fakeReplicas([
      [{}, {}],
      [{ ready }, undefined],
    ]);
    expect((await awaitReadiness("green", goal, replicas, clock)).isReady).toBe(false);
    expect(clock.now()).toBe(10_000);
  });
});

describe("censusBetween()", () => {
  const traffic = (blue: number, green: number) => ({
    url: "http://gateway",
    answer: { inFlight: { blue: 0, green: 0 }, calls: { blue: 0, green: 0 }, ready: { blue, green } },
  });

  it("adds the gateways up", () => {
    const before = [traffic(10, 20), traffic(0, 0)];
    expect(censusBetween("blue", before, [traffic(11, 22), traffic(30, 40)])).toEqual({ ready: 31, behind: 42 });
  });

  it("takes all calls of a gateway that has begun anew for new ones", () => {
    expect(censusBetween("green", [traffic(10, 20)], [traffic(3, 5)])).toEqual({ ready: 5, behind: 3 });
  });

  it("leaves out who cannot be compared", () => {
    const silent = { url: "http://gateway", answer: undefined };
    expect(censusBetween("green", [silent], [traffic(3, 5)])).toEqual({ ready: 0, behind: 0 });
    expect(readyShare({ ready: 0, behind: 0 })).toBeUndefined();
  });
});
