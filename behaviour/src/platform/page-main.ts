import { createRunner, type RunBehaviour } from "../run-behaviour.ts";

declare global {
  /** Called by the test that opened the page. */
  var runBehaviour: RunBehaviour;
}

const url = new URLSearchParams(location.search).get("gateway") ?? "";
globalThis.runBehaviour = createRunner({ platform: "Chromium", url, controlUrl: `${location.origin}/control` });
