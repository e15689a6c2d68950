import type { EngineResult } from "./engine-port.ts";
import type { ErrorReport } from "./error-report.ts";

/**
 * What became of the statement that was run last:
 *
 *     any but running ──start──▶ running ──succeed──▶ succeeded
 *                                   ├──────fail─────▶ failed
 *                                   └─────cancel────▶ cancelled
 *
 * Times are milliseconds of one monotonic clock.
 */
export type RunState =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly startedAt: number }
  | { readonly kind: "succeeded"; readonly result: EngineResult; readonly elapsed: number }
  | { readonly kind: "failed"; readonly report: ErrorReport; readonly elapsed: number }
  | { readonly kind: "cancelled"; readonly elapsed: number };

/** What changes a {@link RunState}; `at` is when. */
export type RunEvent =
  | { readonly kind: "start"; readonly at: number }
  | { readonly kind: "succeed"; readonly at: number; readonly result: EngineResult }
  | { readonly kind: "fail"; readonly at: number; readonly report: ErrorReport }
  | { readonly kind: "cancel"; readonly at: number }
  | { readonly kind: "forget" };

/** The one function that changes the state of a run. An event that does not fit the state changes nothing. */
export function nextRun(state: RunState, event: RunEvent): RunState {
  if (event.kind === "forget") return { kind: "idle" };
  if (event.kind === "start") return state.kind === "running" ? state : { kind: "running", startedAt: event.at };
  if (state.kind !== "running") return state;
  const elapsed = event.at - state.startedAt;
  switch (event.kind) {
    case "succeed":
      return { kind: "succeeded", result: event.result, elapsed };
    case "fail":
      return { kind: "failed", report: event.report, elapsed };
    case "cancel":
      return { kind: "cancelled", elapsed };
  }
}
