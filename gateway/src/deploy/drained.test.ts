import { describe, expect, it } from "vitest";
import { fakeReplicas } from "../../test/fake-replicas.ts";
import { awaitDrained } from "./drained.ts";

const goal = { quiet: 1000, deadline: 4000 };
const calls = (blue: number) => ({ calls: { blue, green: 999 } });
const busy = (blue: number) => ({ inFlight: { blue, green: 5 } });

describe("awaitDrained()", () => {
  it("is done once no call was there for the quiet time", async () => {
    const { replicas, clock } = fakeReplicas([[calls(7)]]);
    expect(await awaitDrained("blue", goal, replicas, clock)).toMatchObject({ isDrained: true });
    expect(clock.now()).toBe(1000);
  });

  it("begins to wait anew with each call that comes, however short", async () => {
    const { replicas, clock } = fakeReplicas([[calls(7)], [calls(7)], [calls(8)], [calls(8)]]);
    expect(await awaitDrained("blue", goal, replicas, clock)).toMatchObject({ isDrained: true });
    expect(clock.now()).toBe(2000);
  });

  it("waits for a call in flight as long as it lasts", async () => {
    const long = Array.from({ length: 1200 }, () => [busy(1)]);
    const { replicas, clock } = fakeReplicas([...long, [{}]]);
    expect(await awaitDrained("blue", { ...goal, deadline: 3_600_000 }, replicas, clock)).toMatchObject({
      isDrained: true,
    });
    // Ten minutes of the stream, one sample that sees its end, one quiet second.
    expect(clock.now()).toBe(600_000 + 1000);
  });

  it("says what is left on which gateway when the time is over", async () => {
    const { replicas, clock } = fakeReplicas([[busy(2), calls(1)]]);
    expect(await awaitDrained("blue", goal, replicas, clock)).toEqual({
      isDrained: false,
      remainders: [
        { url: "http://gateway-1", inFlight: 2, quietFor: 0 },
        { url: "http://gateway-2", inFlight: 0, quietFor: 4000 },
      ],
    });
    expect(clock.now()).toBe(4000);
  });

  it("takes silence of a gateway for work, and what it was quiet before for nothing", async () => {
    const { replicas, clock } = fakeReplicas([[calls(7)], [undefined], [calls(7)]]);
    expect(await awaitDrained("blue", goal, replicas, clock)).toMatchObject({ isDrained: true });
    expect(clock.now()).toBe(2000);
    const gone = fakeReplicas([[undefined]]);
    const outcome = await awaitDrained("blue", goal, gone.replicas, gone.clock);
    expect(outcome).toMatchObject({ isDrained: false, remainders: [{ inFlight: undefined }] });
  });

  it("asks once where nothing is to be waited for", async () => {
    const now = { quiet: 0, deadline: 0 };
    const idle = fakeReplicas([[{}]]);
    expect((await awaitDrained("blue", now, idle.replicas, idle.clock)).isDrained).toBe(true);
    const inUse = fakeReplicas([[busy(1)], [{}]]);
    expect((await awaitDrained("blue", now, inUse.replicas, inUse.clock)).isDrained).toBe(false);
    expect([idle.clock.now(), inUse.clock.now()]).toEqual([0, 0]);
  });
});
