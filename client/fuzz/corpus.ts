import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "./random.ts";
import { randomResult } from "./random-result.ts";
import { readTree, type Struct } from "./thrift-tree.ts";

/** A result that is well-formed, to be altered. */
export interface WireSeed {
  readonly metadata: Uint8Array;
  readonly batch: Uint8Array;
  readonly tree: Struct;
}

const folder = join(import.meta.dirname, "..", "vectors");

interface VectorFile {
  readonly metadata: string;
  readonly batches: readonly string[];
}

/** Every batch of `client/vectors`, with its metadata. */
export function vectorSeeds(): readonly WireSeed[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort();
  return names.flatMap((name) => {
    // Files of our own, whose form their README tells.
    const { metadata, batches } = JSON.parse(readFileSync(join(folder, name), "utf8")) as VectorFile;
    return batches.filter((batch) => batch !== "").map((batch) => seedOf(fromBase64(metadata), fromBase64(batch)));
  });
}

/** Random results of every type, another set for each `epoch`. */
export function randomSeeds(seed: number, epoch: number, count: number): readonly WireSeed[] {
  return Array.from({ length: count }, (_, index) => {
    // Above the numbers of inputs, which have streams of their own.
    const { metadata, batch } = randomResult(createRandom(seed, 2 ** 40 + epoch * count + index));
    return seedOf(metadata, batch);
  });
}

function seedOf(metadata: Uint8Array, batch: Uint8Array): WireSeed {
  return { metadata, batch, tree: readTree(batch).tree };
}

/** The bytes of a base64 text, in memory of their own. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "base64"));
}
