import { readResultMetadata } from "../src/wire/result-metadata.ts";
import type { Verdict } from "./check-batch.ts";
import { type MemoryRecord, withMemoryBound } from "./memory-bound.ts";
import { must, outcomeOf } from "./ours.ts";
import { type ReferenceMetadata, readReferenceMetadata } from "./reference.ts";

/** Bytes that reading may allocate for each byte of metadata. */
const factor = 48;

/** Reads metadata and compares them with what the reference makes of the bytes. @throws Finding, or what the client must not throw */
export function checkMetadata(bytes: Uint8Array, memory: MemoryRecord): Verdict {
  const outcome = outcomeOf(
    () => withMemoryBound(() => readResultMetadata(bytes), bytes.length, factor, memory),
    "MALFORMED_RESULT",
  );
  const reference = readReference(bytes);
  if ("error" in outcome) {
    must(reference === undefined, `refused (${outcome.error.message}), but the reference reads it`);
    return "refused";
  }
  must(reference !== undefined, "read, but the reference refuses it");
  const { rowCount, fields } = outcome.value;
  must(rowCount === reference.rowCount, "it has another number of rows");
  const texts = fields.map(({ name, type, zone, format }) => [name, type, zone, format]);
  must(JSON.stringify(texts) === JSON.stringify(reference.fields), "it has other fields");
  return "read";
}

function readReference(bytes: Uint8Array): ReferenceMetadata | undefined {
  try {
    return readReferenceMetadata(bytes);
  } catch {
    // A refusal, or Buffer's word for bytes that end too soon.
    return undefined;
  }
}
