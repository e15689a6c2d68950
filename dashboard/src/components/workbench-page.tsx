import { announcement } from "../announcement.ts";
import type { SignedIn } from "../session-state.ts";
import type { Workbench } from "../workbench.ts";
import { ResultPanel } from "./result-panel.tsx";
import { SampleList } from "./sample-list.tsx";
import { SqlEditor } from "./sql-editor.tsx";
import { TopBar } from "./top-bar.tsx";

interface WorkbenchPageProps {
  readonly workbench: Workbench;
  readonly session: SignedIn;
}

/** Where a signed-in user works: samples, editor, result. */
export function WorkbenchPage({ workbench, session }: WorkbenchPageProps) {
  return (
    <div class="workbench">
      <TopBar session={session} onSignOut={workbench.signOut} />
      <SampleList sql={workbench.sql} />
      <main class="workspace">
        <h1 class="visually-hidden">Query the cluster</h1>
        <SqlEditor workbench={workbench} />
        <ResultPanel run={workbench.run.value} />
      </main>
      <p class="visually-hidden" role="status" data-testid="announcement">
        {announcement(workbench.run.value)}
      </p>
    </div>
  );
}
