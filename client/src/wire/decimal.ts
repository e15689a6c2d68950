import { markValues } from "./value-class.ts";

/** An exact decimal number: `unscaled` × 10^-`scale`. */
export class Decimal {
  static {
    markValues(Decimal.prototype, "Decimal");
  }

  /** All digits, without the point. */
  readonly unscaled: bigint;
  /** How many of the digits stand after the point; negative for zeros that stand before it. */
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** All digits in plain notation, `scale` of them after the point: `-0.0000005`, `1.50`. */
  toString(): string {
    const sign = this.unscaled < 0n ? "-" : "";
    const digits = (this.unscaled < 0n ? -this.unscaled : this.unscaled).toString();
    if (this.scale <= 0) return sign + (this.unscaled === 0n ? digits : digits + "0".repeat(-this.scale));
    const padded = digits.padStart(this.scale + 1, "0");
    return `${sign}${padded.slice(0, -this.scale)}.${padded.slice(-this.scale)}`;
  }

  /** As `toString()`: JSON's own numbers would lose digits. */
  toJSON(): string {
    return this.toString();
  }

  /** The nearest double. Loses digits beyond the sixteenth or so. */
  toNumber(): number {
    return Number(this.toString());
  }
}
