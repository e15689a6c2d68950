import { Batch } from "@uwdata/flechette";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A batch of texts that keeps byte order marks: flechette's own drops one at a text's beginning. */
export class TextBatch extends Batch<string> {
  /** What values are extracted into. */
  static override readonly ArrayType = Array;

  override value(index: number): string {
    // Texts have bytes, and offsets one more than there are rows.
    const [start, end] = [this.offsets[index], this.offsets[index + 1]] as [number, number];
    return utf8.decode(this.values.subarray(start, end) as Uint8Array);
  }
}
