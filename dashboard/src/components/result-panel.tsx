import type { EngineResult } from "../engine-port.ts";
import { durationText } from "../quantity.ts";
import type { RunState } from "../run-state.ts";
import { ErrorPanel } from "./error-panel.tsx";
import { ResultGrid } from "./result-grid.tsx";
import { ResultSummary } from "./result-summary.tsx";
import { RunningNote } from "./running-note.tsx";

/** What became of the statement that was run last. */
export function ResultPanel({ run }: { readonly run: RunState }) {
  return (
    <section class="result panel" aria-label="Result" aria-busy={run.kind === "running"} data-run={run.kind}>
      <ResultBody run={run} />
    </section>
  );
}

function ResultBody({ run }: { readonly run: RunState }) {
  switch (run.kind) {
    case "idle":
      return <EmptyResult title="No result yet" text="Run the statement above, or start from a sample." />;
    case "running":
      return <RunningNote startedAt={run.startedAt} />;
    case "succeeded":
      return <Succeeded result={run.result} elapsed={run.elapsed} />;
    case "failed":
      return <ErrorPanel report={run.report} />;
    case "cancelled":
      return <EmptyResult title="Cancelled" text={`You cancelled the statement after ${durationText(run.elapsed)}.`} />;
  }
}

function Succeeded({ result, elapsed }: { readonly result: EngineResult; readonly elapsed: number }) {
  return (
    <>
      <ResultSummary result={result} elapsed={elapsed} />
      {result.rows.length === 0 ? (
        <EmptyResult title="No rows" text="The statement succeeded and returned nothing." />
      ) : (
        // Another result is another grid: it starts at its own first cell.
        <ResultGrid key={result.queryId} result={result} />
      )}
    </>
  );
}

function EmptyResult({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div class="empty">
      <svg class="empty-icon" viewBox="0 0 48 48" aria-hidden="true">
        <rect x="6" y="9" width="36" height="30" rx="4" />
        <path d="M6 18h36M6 28.5h36M18 18v21" />
      </svg>
      <h2 class="empty-title">{title}</h2>
      <p class="empty-text">{text}</p>
    </div>
  );
}
