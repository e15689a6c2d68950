import type { ErrorReport } from "../error-report.ts";
import { errorTitles } from "../error-title.ts";
import { StackBadge } from "./stack-badge.tsx";

/** An error in full: what happened in the engine's or the client's own words, and what to do about it. */
export function ErrorPanel({ report }: { readonly report: ErrorReport }) {
  return (
    <section class="error-panel" role="alert" aria-label="Error">
      <header class="error-head">
        <svg class="error-icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M10 1.8 18.6 17a1 1 0 0 1-.87 1.5H2.27A1 1 0 0 1 1.4 17Z" />
          <path class="error-icon-mark" d="M10 7.5v5m0 2.4v.1" />
        </svg>
        <h2 class="error-title">{errorTitles[report.code]}</h2>
        <code class="error-code">{report.code}</code>
      </header>
      <pre class="error-message">{report.message}</pre>
      {report.hint !== undefined && <p class="error-hint">{report.hint}</p>}
      <ErrorFacts report={report} />
    </section>
  );
}

function ErrorFacts({ report }: { readonly report: ErrorReport }) {
  const { reason, queryId, strategy, retryable } = report;
  if (reason === undefined && queryId === undefined && strategy === undefined && !retryable) return null;
  return (
    <dl class="facts">
      {reason !== undefined && (
        <div>
          <dt>Gateway’s reason</dt>
          <dd>
            <code>{reason}</code>
          </dd>
        </div>
      )}
      {strategy !== undefined && (
        <div>
          <dt>Stack</dt>
          <dd>
            <StackBadge strategy={strategy} />
          </dd>
        </div>
      )}
      {queryId !== undefined && (
        <div>
          <dt>Query</dt>
          <dd>
            <code>{queryId}</code>
          </dd>
        </div>
      )}
      {retryable && (
        <div>
          <dt>Again?</dt>
          <dd>The same statement may succeed if you run it again.</dd>
        </div>
      )}
    </dl>
  );
}
