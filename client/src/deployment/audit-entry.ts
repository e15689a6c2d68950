import { type Strategy, strategies } from "../headers.ts";

/** A switch that was made. Holds no user, token, session or SQL. */
export interface AuditEntry {
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  /** The stack that took new work before; nothing where none was known. */
  readonly from: Strategy | undefined;
  /** The stack that takes it since. */
  readonly to: Strategy;
  /** How long after its announcement, in milliseconds; nothing where the tab that told of it had heard of none. */
  readonly tookMs: number | undefined;
}

/** Two tabs that make the same switch at a time have made it one after the other, at most so far apart. */
const sameSwitchMs = 5_000;

/**
 * Adds a switch to a trail in the order of their times, of which the last `limit` are kept. Each tab tells of each switch: one that is
 * there already is not added. Pure; answers the same list if nothing changes.
 */
export function addSwitch(trail: readonly AuditEntry[], entry: AuditEntry, limit: number): readonly AuditEntry[] {
  const place = trail.findLastIndex(({ at }) => at <= entry.at) + 1;
  const [former, later] = [trail[place - 1], trail[place]];
  // A tab that has known nothing says what is, not what was changed.
  if (entry.from === undefined && former?.to === entry.to) return trail;
  const same = [former, later].find((other) => other !== undefined && isSame(other, entry));
  if (same !== undefined) {
    return same.from === undefined && entry.from !== undefined ? trail.with(trail.indexOf(same), entry) : trail;
  }
  return trail.toSpliced(place, 0, entry).slice(-limit);
}

function isSame(one: AuditEntry, other: AuditEntry): boolean {
  return one.to === other.to && Math.abs(one.at - other.at) < sameSwitchMs;
}

/** Reads what lies in storage: anything, as every script of the page's origin may write there. Leaves out what is no entry. */
export function readTrail(value: unknown): readonly AuditEntry[] {
  return Array.isArray(value) ? value.flatMap((item: unknown) => readEntry(item) ?? []) : [];
}

function readEntry(value: unknown): AuditEntry | undefined {
  const { at, from, to, tookMs }: { readonly [Name in keyof AuditEntry]?: unknown } = Object(value);
  const [fromStack, toStack] = [from, to].map((name) => strategies.find((stack) => stack === name));
  if (!isNumber(at) || toStack === undefined || (from !== undefined && fromStack === undefined)) return undefined;
  return { at, from: fromStack, to: toStack, tookMs: isNumber(tookMs) ? tookMs : undefined };
}

const isNumber = (value: unknown): value is number => Number.isFinite(value);
