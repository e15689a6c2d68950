import { Admin, type RouteStatus } from "../admin.ts";
import { readTraffic, type Traffic, trafficFilter } from "./traffic.ts";

/** One gateway of a deployment, as far as it is asked. What is asked rejects with `TIMEOUT` where there is no answer. */
export interface Replica {
  /** The address of its Envoy's own interface. */
  readonly url: string;
  /** The routes that it uses, and how many it has turned down. */
  routeStatus(): Promise<RouteStatus>;
  traffic(): Promise<Traffic>;
}

/** The gateway whose Envoy answers there. */
export function replicaAt(url: string): Replica {
  const admin = new Admin(url);
  return {
    url,
    routeStatus: () => admin.routeStatus(),
    traffic: async () => readTraffic(await admin.stats(trafficFilter)),
  };
}

/** What a gateway has answered, or nothing where it did not. */
export interface Answered<T> {
  readonly url: string;
  readonly answer: T | undefined;
}

/** Asks every gateway at once. */
export function askAll<T>(
  replicas: readonly Replica[],
  ask: (replica: Replica) => Promise<T>,
): Promise<readonly Answered<T>[]> {
  return Promise.all(
    replicas.map(async (replica) => ({
      url: replica.url,
      // Each way of not answering is the same to who waits for one.
      answer: await ask(replica).catch(() => undefined),
    })),
  );
}
