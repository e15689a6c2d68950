import type { RuntimeConfig } from "../runtime-config.ts";
import type { Workbench } from "../workbench.ts";
import { ConnectForm } from "./connect-form.tsx";
import { WorkbenchPage } from "./workbench-page.tsx";

interface AppProps {
  readonly workbench: Workbench;
  readonly config: RuntimeConfig;
}

/** The page: the connect form until the user is signed in, then the workbench. */
export function App({ workbench, config }: AppProps) {
  const session = workbench.session.value;
  if (session.kind === "signedIn") return <WorkbenchPage workbench={workbench} session={session} />;
  return <ConnectForm workbench={workbench} config={config} />;
}
