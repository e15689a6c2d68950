/** What an engine turned out not to know: found out by asking once, where a session begins. */
export interface EngineFeatures {
  /** Values bound by the engine: `executeStatementV2`. */
  bindsValues: boolean;
  /** Several batches in one answer: `getNextResultBatchV2`. */
  manyBatches: boolean;
}

/** Remembers for each session what the engine behind it can do: a deployment brings another engine, and new sessions. */
export function createEngineFeatures(): (session: object) => EngineFeatures {
  const known = new WeakMap<object, EngineFeatures>();
  return (session) => {
    const features = known.get(session) ?? { bindsValues: true, manyBatches: true };
    known.set(session, features);
    return features;
  };
}
