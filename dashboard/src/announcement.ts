import { errorTitles } from "./error-title.ts";
import { countOf, durationText } from "./quantity.ts";
import type { RunState } from "./run-state.ts";

/** What a screen reader says when a run changes: short, and once per change. */
export function announcement(run: RunState): string {
  switch (run.kind) {
    case "idle":
      return "";
    case "running":
      return "Running.";
    case "succeeded": {
      const { rows, strategy } = run.result;
      return `${countOf(rows.length, "row")} in ${durationText(run.elapsed)} from ${strategy}.`;
    }
    case "failed":
      // The error panel is an alert of its own, with all the words.
      return `${errorTitles[run.report.code]}.`;
    case "cancelled":
      return `Cancelled after ${durationText(run.elapsed)}.`;
  }
}
