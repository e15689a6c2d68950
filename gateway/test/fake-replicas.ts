import type { RouteStatus } from "../src/admin.ts";
import type { Clock } from "../src/deploy/clock.ts";
import type { Replica } from "../src/deploy/replica.ts";
import type { Traffic } from "../src/deploy/traffic.ts";

const nothing = { blue: 0, green: 0 };

/** What one gateway answers; nothing: it does not. */
export type FakeAnswer = Partial<Traffic & RouteStatus> | undefined;

/** A clock that only sleeping moves on. */
export function fakeClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** Gateways that answer what a list says: one entry for each time that all are asked, the last for all times after; and their clock. */
export function fakeReplicas(rounds: readonly (readonly FakeAnswer[])[]): {
  readonly replicas: readonly Replica[];
  readonly clock: Clock;
} {
  const replicas = (rounds[0] ?? []).map((_, index): Replica => {
    let round = 0;
    const answer = async () => {
      const given = (rounds[Math.min(round++, rounds.length - 1)] ?? [])[index];
      if (given === undefined) {
        throw new Error("no answer");
      }
      return { inFlight: nothing, calls: nothing, ready: nothing, version: "", refused: 0, ...given };
    };
    return { url: `http://gateway-${index + 1}`, routeStatus: answer, traffic: answer };
  });
  return { replicas, clock: fakeClock() };
}
