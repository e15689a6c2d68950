import { readFileSync } from "node:fs";

/** A result of `client/vectors`, encoded by the engine's public Thrift classes, with its values. */
export interface VectorCase {
  readonly rowCount: number;
  readonly fields: { name: string; type: string; zone: string; format: string }[];
  readonly metadata: Uint8Array;
  readonly batches: Uint8Array[];
  readonly columns: unknown[][];
}

/** Reads one case by its name. */
export function readVectorCase(name: string): VectorCase {
  const text = readFileSync(new URL(`../../client/vectors/${name}.json`, import.meta.url), "utf8");
  const raw: Omit<VectorCase, "metadata" | "batches"> & { metadata: string; batches: string[] } = JSON.parse(text);
  return {
    ...raw,
    metadata: Buffer.from(raw.metadata, "base64"),
    batches: raw.batches.map((batch) => Buffer.from(batch, "base64")),
  };
}
