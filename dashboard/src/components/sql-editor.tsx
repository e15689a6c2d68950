import { useFocusOnce } from "../focus-once.ts";
import type { Workbench } from "../workbench.ts";

/** Longest statement that the editor takes, in characters. */
const maxStatementCharacters = 1_000_000;

const onMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The statement, and the buttons that run and cancel it. Ctrl+Enter or Cmd+Enter runs it too; Tab leaves the editor. */
export function SqlEditor({ workbench }: { readonly workbench: Workbench }) {
  const { sql, run, execute, cancel } = workbench;
  const text = useFocusOnce<HTMLTextAreaElement>();
  const running = run.value.kind === "running";
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void execute();
    }
    if (event.key === "Escape" && running) cancel();
  };
  return (
    <section class="editor panel" aria-label="Statement">
      <label class="visually-hidden" for="sql">
        SQL statement
      </label>
      <textarea
        ref={text}
        class="editor-text"
        id="sql"
        value={sql.value}
        maxLength={maxStatementCharacters}
        rows={9}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        aria-describedby="editor-keys"
        placeholder="SELECT …"
        onInput={(event) => {
          sql.value = event.currentTarget.value;
        }}
        onKeyDown={onKeyDown}
      />
      <div class="editor-bar">
        {/* One button that changes its meaning: it keeps the focus when a run begins or ends. */}
        <button
          class={running ? "button button-cancel" : "button button-primary"}
          type="button"
          aria-disabled={!running && sql.value.trim() === ""}
          onClick={() => (running ? cancel() : void execute())}
        >
          {running ? "Cancel" : "Run"}
        </button>
        <p class="editor-keys" id="editor-keys">
          <kbd>{onMac ? "⌘" : "Ctrl"}</kbd> <kbd>Enter</kbd> runs, <kbd>Esc</kbd> cancels
        </p>
      </div>
    </section>
  );
}
