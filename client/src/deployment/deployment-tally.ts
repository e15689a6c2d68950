import type { Strategy } from "../headers.ts";
import type { DeploymentEvent } from "../session/deployment-event.ts";
import type { SharingPart } from "../store/store-event.ts";

type EventOf<Type extends DeploymentEvent["type"]> = Extract<DeploymentEvent, { readonly type: Type }>;

/** What events have added up to: what is wrong now, and how often what has happened. Plain data. */
export interface DeploymentTally {
  /** How the last search for the active stack ended, if there was one. */
  readonly detected: EventOf<"detected"> | undefined;
  /** The last refusal of a sign-in in the background, until that stack accepts, or a switch is announced, called off or made. */
  readonly refused: EventOf<"refused"> | undefined;
  /** What of the platform the shared store does without, and by which error. */
  readonly degraded: Readonly<Partial<Record<SharingPart, string>>>;
  /** Stacks that new work has moved between, by the one that it moved to. */
  readonly switches: Readonly<Record<Strategy, number>>;
  /** Calls that were answered by 456. */
  readonly mismatches: number;
  /** Failures that were cured, and no caller saw them. */
  readonly recovered: number;
  /** Queries that were lost. */
  readonly interrupted: number;
}

/** Nothing has happened yet. */
export const emptyTally: DeploymentTally = {
  detected: undefined,
  refused: undefined,
  degraded: {},
  switches: { blue: 0, green: 0 },
  mismatches: 0,
  recovered: 0,
  interrupted: 0,
};

/** Adds an event. Pure. */
export function addToTally(tally: DeploymentTally, event: DeploymentEvent): DeploymentTally {
  switch (event.type) {
    case "announced":
    case "called-off":
      return { ...tally, refused: undefined };
    case "accepted":
      return { ...tally, refused: tally.refused?.stack === event.stack ? undefined : tally.refused };
    case "refused":
      return { ...tally, refused: event };
    case "switched": {
      const { from, to } = event;
      const moved = from === undefined ? 0 : 1;
      return { ...tally, refused: undefined, switches: { ...tally.switches, [to]: tally.switches[to] + moved } };
    }
    case "detected":
      return { ...tally, detected: event };
    case "mismatch":
      return { ...tally, mismatches: tally.mismatches + 1 };
    case "recovered":
      return { ...tally, recovered: tally.recovered + 1 };
    case "interrupted":
      return { ...tally, interrupted: tally.interrupted + 1 };
    case "store-degraded":
      return { ...tally, degraded: { ...tally.degraded, [event.part]: event.reason } };
    case "store-restored": {
      // Sharing is back; locks that never worked still do not.
      const { locks } = tally.degraded;
      return { ...tally, degraded: locks === undefined ? {} : { locks } };
    }
    case "selection-ignored":
      return tally;
    default:
      // An event of a later version counts for nothing here.
      return tally;
  }
}
