import type { DeploymentEvent } from "../session/deployment-event.ts";
import { isWithin } from "../strategy/is-within.ts";

/** What has happened, once or several times within a minute. */
export interface HistoryEntry {
  /** The event; of several the last. */
  readonly event: DeploymentEvent;
  /** How often it has happened since `firstAt`, for a minute at most. Five hundred refusals are one entry. */
  readonly times: number;
  /** When it happened first, in milliseconds since 1970. */
  readonly firstAt: number;
}

/** For so long an entry takes up others of its kind: what happens once a day is no storm, and each day has its time. */
const longestEntryMs = 60_000;

/** Adds an event to a history of at most `limit` entries, the oldest first. Pure. */
export function addToHistory(
  history: readonly HistoryEntry[],
  event: DeploymentEvent,
  limit: number,
): readonly HistoryEntry[] {
  const kind = kindOf(event);
  const last = kind === undefined ? -1 : lastOfKind(history, kind);
  const former = history[last];
  if (former === undefined || !isWithin(longestEntryMs, former.firstAt, event.at)) {
    return [...history, { event, times: 1, firstAt: event.at }].slice(-limit);
  }
  return history.with(last, { ...former, event, times: former.times + 1 });
}

/** Where an event of the kind stands, with none but such as come in numbers behind it; -1 where none does. */
function lastOfKind(history: readonly HistoryEntry[], kind: string): number {
  const isOther = ({ event }: HistoryEntry) => kindOf(event) === undefined || kindOf(event) === kind;
  const last = history.findLastIndex(isOther);
  const entry = history[last];
  return entry !== undefined && kindOf(entry.event) === kind ? last : -1;
}

/** What makes an event one of many of the same kind; nothing for those that stand alone. */
function kindOf(event: DeploymentEvent): string | undefined {
  switch (event.type) {
    case "mismatch":
      return `${event.type} ${event.stack}`;
    case "refused":
    case "selection-ignored":
      return `${event.type} ${event.stack} ${event.code}`;
    case "recovered":
      return `${event.type} ${event.code} ${event.by}`;
    default:
      return undefined;
  }
}
