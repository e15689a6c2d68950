import { civilTime, microsPerSecond, twoDigits } from "./civil-time.ts";
import { markValues } from "./value-class.ts";
import { zoneOffset } from "./zone-offset.ts";

/** A moment, exact to the microsecond. */
export class Timestamp {
  static {
    markValues(Timestamp.prototype, "Timestamp");
  }

  /** Microseconds since 1970-01-01T00:00Z. */
  readonly micros: bigint;
  /** The zone to show it in, as the engine sent it: `Z`, an offset such as `+05:30`, or a name. Null where it sent none. */
  readonly zone: string | null;

  constructor(micros: bigint, zone: string | null = null) {
    this.micros = micros;
    this.zone = zone;
  }

  /**
   * ISO-8601 with the zone's offset at that moment: `2024-03-31T03:00:00.5+02:00`; `Z` for UTC. Without a zone, in one that this runtime
   * does not know, and for a named one more than 275,760 years from 1970, it is shown in UTC. An offset with seconds, as old
   * local times have, is shown with them.
   */
  toString(): string {
    const offset = this.zone === null ? 0 : (zoneOffset(this.zone, this.micros) ?? 0);
    const { date, time } = civilTime(offset === 0 ? this.micros : this.micros + BigInt(offset) * microsPerSecond);
    return `${date}T${time}${offsetText(offset)}`;
  }

  /** As `toString()`. */
  toJSON(): string {
    return this.toString();
  }
}

function offsetText(offset: number): string {
  if (offset === 0) return "Z";
  const length = Math.abs(offset);
  const seconds = length % 60 === 0 ? "" : `:${twoDigits(length % 60)}`;
  return `${offset < 0 ? "-" : "+"}${twoDigits(Math.floor(length / 3600))}:${twoDigits(Math.floor(length / 60) % 60)}${seconds}`;
}
