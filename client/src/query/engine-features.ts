import type { Strategy } from "../headers.ts";
import type { Route } from "../transport/route.ts";

/** What an engine turned out not to know: found out by asking once. */
export interface EngineFeatures {
  /** Values bound by the engine: `executeStatementV2`. */
  bindsValues: boolean;
  /** Several batches in one answer: `getNextResultBatchV2`. */
  manyBatches: boolean;
}

/**
 * Remembers for each stack what the engine on it can do, until another stack becomes the active one: a deployment brings another
 * engine.
 */
export function createEngineFeatures(): (route: Route) => EngineFeatures {
  const known = new Map<Strategy, EngineFeatures & { readonly epoch: string }>();
  return ({ strategy, epoch }) => {
    let features = known.get(strategy);
    if (features?.epoch !== epoch) features = { epoch, bindsValues: true, manyBatches: true };
    known.set(strategy, features);
    return features;
  };
}
