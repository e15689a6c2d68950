import { getHeapStatistics } from "node:v8";
import { must } from "./ours.ts";

/** What a reader may allocate whatever it reads, for instance an error with its stack. */
const fixedBytes = 256 * 1024;

/** The largest share of its allowance that any call took, from 0 to 1. */
export interface MemoryRecord {
  highestShare: number;
}

/**
 * Runs a call and checks that it allocates no more than 256 KiB and `factor` bytes for each of `units`. A collection of garbage meanwhile hides some
 * of it, and a compiler at work adds to it: a call that seems to allocate too much is measured anew, and its least counts.
 *
 * @throws Finding where the call allocates more, and whatever the call throws
 */
export function withMemoryBound<Value>(run: () => Value, units: number, factor: number, record: MemoryRecord): Value {
  const allowed = fixedBytes + factor * units;
  for (let tries = 1; ; tries++) {
    const before = allocatedBytes();
    const ended = settle(run);
    const bytes = allocatedBytes() - before;
    if (bytes <= allowed) {
      record.highestShare = Math.max(record.highestShare, bytes / allowed);
      return ended();
    }
    must(tries < 5, `it allocates ${bytes} bytes, of which ${allowed} are allowed`);
  }
}

/** Runs a call; what comes back gives its value or throws its error. */
function settle<Value>(run: () => Value): () => Value {
  try {
    const value = run();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function allocatedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}
