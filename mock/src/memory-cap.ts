import type { Engine } from "./engine/engine.ts";
import type { IdleQuery, QueryRegistry } from "./query-registry.ts";

/** Keeps results that nobody fetches or clears from taking the memory that new ones need. */
export interface MemoryCap {
  /**
   * Gives idle queries back, of whichever stack, the one that was idle for the longest time first, until their results
   * take no more than they may or none is left. Rejects if the engine cannot tell its load.
   */
  makeRoom(): Promise<void>;
}

/** The cap over the stacks that share an engine; `maxLoad` is a share of {@link Engine.memoryLoad}. */
export function createMemoryCap(
  engine: Pick<Engine, "memoryLoad">,
  registries: readonly QueryRegistry[],
  maxLoad: number,
): MemoryCap {
  const relieve = async (): Promise<void> => {
    while ((await engine.memoryLoad()) > maxLoad) {
      const oldest = longestIdle(registries);
      if (!oldest) return;
      // Awaited, since what is still being closed counts: more would be given back than need be.
      await oldest.giveBack();
    }
  };
  let relieving: Promise<void> | undefined;
  return {
    makeRoom() {
      relieving ??= relieve().finally(() => {
        relieving = undefined;
      });
      return relieving;
    },
  };
}

function longestIdle(registries: readonly QueryRegistry[]): IdleQuery | undefined {
  return registries.flatMap((queries) => queries.longestIdle() ?? []).sort((a, b) => a.since - b.since)[0];
}
