import type { StatementProfile } from "../engine/engine.ts";

/** The JSON text of an explain-analyze answer: the keys that callers know, and the engine's own profile. */
export function profileText(profile: StatementProfile): string {
  return JSON.stringify({
    total_query_time: profile.totalMs,
    executionQueueingTime: profile.queueingMs,
    parsingTime: profile.parsingMs,
    rowcount: Number(profile.rowCount),
    profile: profile.profile,
  });
}
