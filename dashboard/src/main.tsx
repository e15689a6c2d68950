import { render } from "preact";
import { clientEngine } from "./client-engine.ts";
import { App } from "./components/app.tsx";
import { loadRuntimeConfig } from "./runtime-config.ts";
import { createWorkbench } from "./workbench.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no element #app");

const config = await loadRuntimeConfig(() => fetch("/config.json"));
const workbench = createWorkbench({ engine: clientEngine, now: () => performance.now() });
render(<App workbench={workbench} config={config} />, root);
