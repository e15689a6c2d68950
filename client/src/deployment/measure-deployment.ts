import type { Observer } from "../query/observer.ts";
import type { DeploymentEvent, DeploymentListener } from "../session/deployment-event.ts";
import type { Meter } from "../telemetry/measure-queries.ts";
import { checkMethods } from "../telemetry/query-attributes.ts";

/** What measures a connection: as options of `connect()`. */
export interface DeploymentMeasurement {
  readonly onDeployment: DeploymentListener;
  readonly observe: readonly Observer[];
}

/** The instruments that a deployment is measured with. */
type Instruments = ReturnType<typeof createInstruments>;

/**
 * Measures what deployments cost. All names begin with `e6data.client.deployment.`:
 *
 * - `lookups`, how often a query asked which stack is active, by `e6data.lookup`: `hit` where that was known, and for a
 *   query that is picked up where it lives, `miss` where it had to be found out first;
 * - `mismatches`, calls that were answered by 456, by `e6data.strategy`: beside the number of queries, the rate;
 * - `detection.duration`, seconds of each search for the active stack, by the stack that was found, or `error.type`;
 * - `switches`, by the stack that new work moved to, and by `e6data.switch`: `announced` before, or `found` without;
 * - `switch.duration`, seconds from an announcement to its switch;
 * - `recovery.duration`, seconds that a cure took, by `e6data.recovery` and by what it cured, `error.type`: its count beside that of
 *   `interruptions`, queries that were lost, is the rate of recovery;
 * - `store.degradations`, by `e6data.part` of the platform and `error.type`.
 *
 * One may measure several connections. No attribute holds a query's id or a user. Throws `INVALID_OPTION`.
 *
 * ```ts
 * connect({ url, user, token, ...measureDeployment(metrics.getMeter("app")) });
 * ```
 */
export function measureDeployment(meter: Meter): DeploymentMeasurement {
  checkMethods(meter, "meter", ["createHistogram", "createCounter"], 'pass what metrics.getMeter("app") gives');
  const instruments = createInstruments(meter);
  return {
    onDeployment: (event) => measure(instruments, event),
    observe: [
      ({ strategy }) => {
        instruments.lookups.add(1, { "e6data.lookup": strategy === undefined ? "miss" : "hit" });
        return undefined;
      },
    ],
  };
}

const prefix = "e6data.client.deployment.";

function createInstruments(meter: Meter) {
  const count = (name: string, unit: string, description: string) =>
    meter.createCounter(prefix + name, { description, unit: `{${unit}}` });
  const seconds = (name: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(prefix + name, { description, unit: "s", advice: { explicitBucketBoundaries } });
  const short = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
  return {
    lookups: count("lookups", "lookup", "Queries that asked which stack is active."),
    mismatches: count("mismatches", "call", "Calls that a stack has answered by 456."),
    detection: seconds("detection.duration", "Duration of searches for the active stack.", short),
    switches: count("switches", "switch", "Times that new work has moved to another stack."),
    switch: seconds("switch.duration", "Time from an announcement to its switch.", [0.1, 0.5, 1, 5, 10, 30, 60, 300]),
    recovery: seconds("recovery.duration", "Duration of cures that no caller saw.", short),
    interruptions: count("interruptions", "query", "Queries that were lost in a deployment."),
    degradations: count("store.degradations", "degradation", "Parts of the platform that the shared store lost."),
  };
}

function measure(to: Instruments, event: DeploymentEvent): void {
  switch (event.type) {
    case "mismatch":
      to.mismatches.add(1, { "e6data.strategy": event.stack });
      break;
    case "detected":
      to.detection.record(event.tookMs / 1000, {
        ...(event.stack !== undefined && { "e6data.strategy": event.stack }),
        ...(event.code !== undefined && { "error.type": event.code }),
      });
      break;
    case "switched":
      measureSwitch(to, event);
      break;
    case "recovered":
      to.recovery.record(event.tookMs / 1000, { "e6data.recovery": event.by, "error.type": event.code });
      break;
    case "interrupted":
      to.interruptions.add(1, { "e6data.strategy": event.strategy });
      break;
    case "store-degraded":
      to.degradations.add(1, { "e6data.part": event.part, "error.type": event.reason });
      break;
    default:
    // The other events are steps on the way to these.
  }
}

function measureSwitch(to: Instruments, event: Extract<DeploymentEvent, { readonly type: "switched" }>): void {
  // Who has known of no stack has not moved.
  if (event.from === undefined) return;
  const attributes = { "e6data.strategy": event.to };
  const wasAnnounced = event.tookMs !== undefined;
  to.switches.add(1, { ...attributes, "e6data.switch": wasAnnounced ? "announced" : "found" });
  // A clock that was set back between the two tells nothing.
  if (wasAnnounced && event.tookMs >= 0) to.switch.record(event.tookMs / 1000, attributes);
}
