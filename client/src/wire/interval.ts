import { fractionText } from "./civil-time.ts";
import { markValues } from "./value-class.ts";

/** A length of time, in days of 24 hours and their parts. */
export class Interval {
  static {
    markValues(Interval.prototype, "Interval");
  }

  /** The whole length in microseconds; negative for one that leads back. */
  readonly micros: bigint;

  constructor(micros: bigint) {
    this.micros = micros;
  }

  /** An ISO-8601 duration: `P1DT2H3M4.5S`, `-PT1S`, `PT0S`. */
  toString(): string {
    if (this.micros === 0n) return "PT0S";
    const length = this.micros < 0n ? -this.micros : this.micros;
    const seconds = length / 1_000_000n;
    const fraction = fractionText(Number(length % 1_000_000n));
    const days = unit(seconds / 86_400n, "D");
    const time =
      unit((seconds / 3600n) % 24n, "H") + unit((seconds / 60n) % 60n, "M") + unit(seconds % 60n, "S", fraction);
    return `${this.micros < 0n ? "-" : ""}P${days}${time === "" ? "" : `T${time}`}`;
  }

  /** As `toString()`. */
  toJSON(): string {
    return this.toString();
  }
}

/** `2H`; nothing for a zero without a fraction. */
function unit(count: bigint, letter: string, fraction = ""): string {
  return count === 0n && fraction === "" ? "" : `${count}${fraction}${letter}`;
}
