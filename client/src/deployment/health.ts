import type { Strategy } from "../headers.ts";
import type { PinnedQuery } from "../session/pins.ts";
import type { DeploymentTally } from "./deployment-tally.ts";
import type { HistoryEntry } from "./history.ts";

/** A connection and its deployment at one moment, as plain data: it may be logged, stored, or sent to a monitor. */
export interface DeploymentSnapshot {
  /** The moment, in milliseconds since 1970. */
  readonly at: number;
  /** The stack that takes new work; nothing where none is known. */
  readonly active: Strategy | undefined;
  /** The stack that was announced as the next one. */
  readonly announced: Strategy | undefined;
  /** When new work moved to the active stack; 0 where none is known. */
  readonly changedAt: number;
  /** When the active stack was last seen to take work; 0 where none is known. */
  readonly checkedAt: number;
  /** The stacks on which the connection is signed in. */
  readonly sessions: readonly Strategy[];
  /** The queries that run, and where. */
  readonly pins: readonly PinnedQuery[];
  /** What has happened since it was watched, in numbers, and what is wrong now. */
  readonly tally: DeploymentTally;
  /** What has happened last, the oldest first. */
  readonly history: readonly HistoryEntry[];
}

const statuses = ["healthy", "degraded", "unhealthy"] as const;

/**
 * How well something works: as it should; it works, but something is amiss; it does not work.
 *
 * @useDeclaredType
 */
export type HealthStatus = (typeof statuses)[number];

/** How one part of a connection does. */
export interface PartHealth {
  readonly status: HealthStatus;
  /** Why, in words for people; empty where it is healthy. */
  readonly reasons: readonly string[];
}

/** How a connection does in its deployment: each part, and the worst of them. */
export interface HealthReport {
  readonly status: HealthStatus;
  /** Whether it is known which stack takes work. */
  readonly detection: PartHealth;
  /** Whether what is known is shared with the other tabs. */
  readonly store: PartHealth;
  /** Whether the connection can sign in where it has to. */
  readonly sessions: PartHealth;
  /** Whether what goes wrong in a deployment is cured before anybody sees it. */
  readonly recovery: PartHealth;
}

/** How far back failures count, in milliseconds. */
const recentMs = 300_000;

/** Judges a snapshot. Pure: the same snapshot gives the same report. */
export function health(snapshot: DeploymentSnapshot): HealthReport {
  const parts = {
    detection: detectionHealth(snapshot),
    store: storeHealth(snapshot),
    sessions: sessionsHealth(snapshot),
    recovery: recoveryHealth(snapshot),
  };
  const worst = Math.max(...Object.values(parts).map(({ status }) => statuses.indexOf(status)));
  return { status: statuses[worst] ?? "unhealthy", ...parts };
}

const healthy: PartHealth = { status: "healthy", reasons: [] };

function detectionHealth({ tally: { detected }, checkedAt }: DeploymentSnapshot): PartHealth {
  // A search that failed is over once the stack has been seen to work.
  if (detected?.code === undefined || checkedAt > detected.at) return healthy;
  return { status: "unhealthy", reasons: [`no stack was found to take work: ${detected.code}`] };
}

function storeHealth({ tally: { degraded } }: DeploymentSnapshot): PartHealth {
  const reasons = Object.entries(degraded).map(([part, reason]) =>
    part === "locks"
      ? `locks do not work (${reason}): several tabs may look for the active stack at a time`
      : `the ${part} does not work (${reason}): this tab finds out alone`,
  );
  return reasons.length === 0 ? healthy : { status: "degraded", reasons };
}

function sessionsHealth({ tally: { refused }, active, announced, sessions }: DeploymentSnapshot): PartHealth {
  if (refused === undefined) return healthy;
  const { stack, code, isFinal } = refused;
  // Work may have signed in there meanwhile, in the foreground.
  if (stack === active && sessions.includes(stack)) return healthy;
  const what = stack === announced ? `${stack}, which is announced,` : stack;
  const why = code === undefined ? "accepts, but the gateway still names the other stack" : `refuses: ${code}`;
  return {
    status: isFinal ? "unhealthy" : "degraded",
    reasons: [`${what} ${why}${isFinal ? "; it is not asked again" : ""}`],
  };
}

function recoveryHealth({ history, at }: DeploymentSnapshot): PartHealth {
  // An entry of several lasts a minute at most: of what it counts none is much older than its first.
  const recent = history.filter(({ firstAt }) => at - firstAt < recentMs);
  const count = (type: string) => recent.reduce((sum, { event, times }) => sum + (event.type === type ? times : 0), 0);
  const lost = count("interrupted");
  if (lost === 0) return healthy;
  const cured = count("recovered");
  const reasons = [`${lost} interrupted and ${cured} recovered in the last ${recentMs / 60_000} minutes`];
  return { status: lost > cured ? "unhealthy" : "degraded", reasons };
}
