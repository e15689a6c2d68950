import type { Signal } from "@preact/signals";
import { sampleQueries } from "../sample-queries.ts";

/** Statements to start from. A click puts one into the editor; nothing runs until the user says so. */
export function SampleList({ sql }: { readonly sql: Signal<string> }) {
  return (
    <nav class="samples" aria-labelledby="samples-title">
      <h2 class="samples-title" id="samples-title">
        Sample queries
      </h2>
      <ul class="samples-list">
        {sampleQueries.map((sample) => (
          <li key={sample.title}>
            <button
              class="sample"
              type="button"
              aria-pressed={sql.value === sample.sql}
              onClick={() => {
                sql.value = sample.sql;
                document.getElementById("sql")?.focus();
              }}
            >
              <span class="sample-title">{sample.title}</span>
              <span class="sample-about">{sample.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
