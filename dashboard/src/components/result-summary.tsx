import type { EngineResult } from "../engine-port.ts";
import { countOf, durationText } from "../quantity.ts";
import { maxGridRows } from "../visible-rows.ts";
import { StackBadge } from "./stack-badge.tsx";

interface ResultSummaryProps {
  readonly result: EngineResult;
  /** Milliseconds from the click to the last row. */
  readonly elapsed: number;
}

/** Which stack answered, how much, how fast, under which query id. */
export function ResultSummary({ result, elapsed }: ResultSummaryProps) {
  const { rows, fields, strategy, queryId } = result;
  return (
    <header class="summary">
      <h2 class="visually-hidden">Result</h2>
      <p class="summary-stack" data-testid="answered-by">
        <span class="visually-hidden">Answered by </span>
        <StackBadge strategy={strategy} />
      </p>
      <p class="summary-count">{countOf(rows.length, "row")}</p>
      <p>{countOf(fields.length, "column")}</p>
      <p>{durationText(elapsed)}</p>
      {rows.length > maxGridRows && <p class="summary-cut">the first {countOf(maxGridRows, "row")} shown</p>}
      <p class="summary-query">
        query <code>{queryId}</code>
      </p>
    </header>
  );
}
