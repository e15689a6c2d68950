import { E6Error } from "../error.ts";
import type { Pin } from "../query/pin.ts";
import type { Releases } from "../query/releases.ts";
import { waitFor } from "../transport/cancellation.ts";
import type { SessionRoute } from "./engine-access.ts";

/** What an engine says of a query that it has made. */
interface Prepared {
  readonly queryId: string;
  readonly engineIP: string;
}

/** Fixes a prepared query to the route on which it was prepared and to the engine that prepared it. */
export function pinQuery(route: SessionRoute, prepared: Prepared): Pin {
  const { queryId, engineIP } = prepared;
  return { queryId, request: { engineIP, queryId }, route: { ...route, plannerIp: engineIP } };
}

/**
 * Waits for the call that makes a query at the engine; `made` says in an error what the engine did. A caller who leaves meanwhile
 * leaves no query behind.
 */
export async function makePin(
  releases: Pick<Releases, "startLate">,
  route: SessionRoute,
  leaving: AbortSignal,
  made: string,
  make: (signal: AbortSignal) => Promise<Prepared>,
): Promise<Pin> {
  // The call outlives an abort: only its answer tells which query to give back. So it ends by a signal of its own, and later.
  const giveUp = new AbortController();
  const making = make(giveUp.signal).then((prepared) => {
    if (prepared.queryId !== "") return pinQuery(route, prepared);
    const { strategy } = route;
    throw new E6Error("INTERNAL", `the engine ${made} without giving it an id`, { strategy });
  });
  try {
    return await waitFor(making, leaving);
  } catch (error) {
    if (leaving.aborted) releases.startLate(making, giveUp);
    throw error;
  }
}
