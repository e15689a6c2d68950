import { type ResultField, readResultMetadata } from "../src/wire/result-metadata.ts";
import { checkBatch, type Verdict } from "./check-batch.ts";
import { checkMetadata } from "./check-metadata.ts";
import { checkSql, randomSql } from "./check-sql.ts";
import { checkText } from "./check-text.ts";
import { fromBase64, randomSeeds, vectorSeeds, type WireSeed } from "./corpus.ts";
import type { MemoryRecord } from "./memory-bound.ts";
import { mutateBatch, mutateBytes } from "./mutate.ts";
import { createRandom } from "./random.ts";

/** What is tried: how a batch is read, what texts are made of it, metadata, or SQL. */
export const inputKinds = ["batch", "text", "metadata", "sql"] as const;

/** One of {@link inputKinds}. */
export type InputKind = (typeof inputKinds)[number];

/** One input: all that its check needs. */
export interface Input {
  readonly kind: InputKind;
  /** The metadata, or of SQL the text in UTF-16, which may be no well-formed text. */
  readonly head: Uint8Array;
  /** The batch; empty where there is none. */
  readonly batch: Uint8Array;
  /** Chooses among the ways to try it. */
  readonly variant: number;
}

/** Random results of one epoch: as many inputs are made of them before there are others. */
const epochInputs = 10_000;
const seedsOfEpoch = 200;

/** Makes inputs by their numbers: the same ones from the same seed, in whatever order. */
export function createInputs(seed: number): (index: number) => Input {
  const vectors = vectorSeeds();
  let epoch = -1;
  let seeds: readonly WireSeed[] = [];
  return (index) => {
    const epochOfInput = Math.floor(index / epochInputs);
    if (epochOfInput !== epoch) {
      epoch = epochOfInput;
      seeds = [...vectors, ...randomSeeds(seed, epoch, seedsOfEpoch)];
    }
    return makeInput(seed, index, seeds);
  };
}

function makeInput(seed: number, index: number, seeds: readonly WireSeed[]): Input {
  const random = createRandom(seed, index);
  const share = random.below(100);
  const [one, other] = [random.pick(seeds), random.pick(seeds)];
  const variant = random.below(1000);
  if (share < 12) {
    return { kind: "sql", head: utf16(randomSql(random)), batch: new Uint8Array(), variant };
  }
  if (share < 24) {
    let head = one.metadata;
    for (let changes = random.below(4); changes > 0; changes--) head = mutateBytes(random, head, other.metadata);
    return { kind: "metadata", head, batch: new Uint8Array(), variant };
  }
  const batch = mutateBatch(random, one.tree, other.tree);
  return { kind: share < 30 ? "text" : "batch", head: one.metadata, batch, variant };
}

/** Runs an input's check. @throws whatever is found */
export function checkInput(
  { kind, head, batch, variant }: Input,
  memory: MemoryRecord = { highestShare: 0 },
): Verdict | Promise<Verdict> {
  switch (kind) {
    case "metadata":
      return checkMetadata(head, memory);
    case "sql":
      return checkSql(utf16Text(head), variant);
    case "text":
      return checkText(batch, fieldsOf(head), variant);
    case "batch":
      return checkBatch(batch, fieldsOf(head), memory);
  }
}

/** The fields of metadata that are well-formed. */
export function fieldsOf(metadata: Uint8Array): readonly ResultField[] {
  return readResultMetadata(metadata).fields;
}

/** An input as a text, by which it can be tried again. */
export function writeInput({ kind, head, batch, variant }: Input): string {
  return [kind, Buffer.from(head).toString("base64"), Buffer.from(batch).toString("base64"), variant].join(":");
}

/** Reads what {@link writeInput} wrote; nothing of any other text. */
export function parseInput(text: string): Input | undefined {
  const [name, head, batch, variant] = text.split(":");
  const kind = inputKinds.find((known) => known === name);
  if (kind === undefined || head === undefined || batch === undefined) return undefined;
  return { kind, head: fromBase64(head), batch: fromBase64(batch), variant: Number(variant) || 0 };
}

function utf16(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "utf16le"));
}

function utf16Text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf16le");
}
