import { status } from "../gen/e6x_engine_tables.ts";
import type { CallScope } from "../transport/call-scope.ts";
import { onPin, type Pin, placeOf } from "./pin.ts";
import type { QueryContext } from "./query-context.ts";
import type { Report } from "./query-event.ts";

const firstPauseMs = 500;
const longestPauseMs = 5_000;

/** Asks an engine that is at work how far it is, ever more rarely, and reports it. Returns how to stop that. */
export function watchProgress(
  { call, runtime }: QueryContext,
  pin: Pin,
  { remainingMs }: CallScope,
  report: Report,
): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  const watch = async () => {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      await runtime.sleep(pauseMs, signal);
      const answer = await call(status, pin.request, onPin(pin, { signal, remainingMs }));
      if (answer.rowCount >= 0n) report({ type: "running", rows: Number(answer.rowCount) }, placeOf(pin));
      if (answer.status) return;
    }
  };
  // Progress is a courtesy: an engine that does not tell it, or a call that failed, changes nothing for the query.
  watch().catch(() => undefined);
  return () => stopped.abort();
}
