import type { Connection } from "e6data-web";
import type { Collector } from "./collector.ts";
import type { Stack } from "./told.ts";

/** Where a tab's next query has to run, as far as its events tell. */
export interface DeploymentWatch {
  /** The stack that has accepted this tab, for the announced switch or after one; nothing where that is not told. */
  readonly due: Stack | undefined;
}

/** Follows the events of a connection, and tells them. */
export function watchDeployment({ strategy }: Connection, collector: Collector): DeploymentWatch {
  let due: Stack | undefined;
  strategy.subscribe((event) => {
    if (event.type === "accepted") due = event.stack;
    // Until it has a session there, a tab works on with the one that it has.
    if (event.type === "switched") due = strategy.sessions.includes(event.to) ? event.to : undefined;
    if (event.type === "called-off") due = undefined;
    collector.event({ ...event, at: Date.now() });
  });
  return {
    get due() {
      return due;
    },
  };
}
