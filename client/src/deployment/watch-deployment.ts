import { callable, checkAll, wholeNumberFrom } from "../checks.ts";
import type { Connection } from "../connection.ts";
import { platformRuntime } from "../runtime.ts";
import type { DeploymentEvent } from "../session/deployment-event.ts";
import { addToTally, type DeploymentTally, emptyTally } from "./deployment-tally.ts";
import { type DeploymentSnapshot, type HealthReport, health } from "./health.ts";
import { addToHistory, type HistoryEntry } from "./history.ts";

/** Options of {@link watchDeployment}. */
export interface WatchOptions {
  /** How many entries of the history are kept; the health of recovery is judged by them. Default: 100; from 1 to 10,000. */
  readonly limit?: number | undefined;
  /** Milliseconds since 1970. Default: the clock of this machine. */
  readonly now?: (() => number) | undefined;
}

/** Watches the deployment of one connection. */
export interface DeploymentWatch extends Disposable {
  /** What has happened last, the oldest first. */
  readonly history: readonly HistoryEntry[];
  /** What has happened since it was watched, in numbers, and what is wrong now. */
  readonly tally: DeploymentTally;
  /** The connection and its deployment at this moment, as plain data. */
  snapshot(): DeploymentSnapshot;
  /** How the connection does at this moment. */
  health(): HealthReport;
  /** Watches no more. What was seen stays readable. */
  close(): void;
}

/**
 * Watches a connection from now on, and keeps what happens. Throws `INVALID_OPTION`.
 *
 * ```ts
 * const watch = watchDeployment(connection);
 * console.log(watch.health().status); // → healthy
 * ```
 */
export function watchDeployment(
  { strategy }: Pick<Connection, "strategy">,
  options: WatchOptions = {},
): DeploymentWatch {
  checkAll(options, { limit: wholeNumberFrom(1, 10_000), now: callable }, "watchDeployment()");
  const { limit = 100, now = platformRuntime.wallMs } = options;
  let history: readonly HistoryEntry[] = [];
  let tally = emptyTally;
  const close = strategy.subscribe((event: DeploymentEvent) => {
    history = addToHistory(history, event, limit);
    tally = addToTally(tally, event);
  });
  const snapshot = (): DeploymentSnapshot => {
    const { active, announced, changedAt, checkedAt, sessions, pins } = strategy;
    return { at: now(), active, announced, changedAt, checkedAt, sessions, pins, tally, history };
  };
  return {
    get history() {
      return history;
    },
    get tally() {
      return tally;
    },
    snapshot,
    health: () => health(snapshot()),
    close,
    [Symbol.dispose]: close,
  };
}
