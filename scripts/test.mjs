/** `npm test`: installs what is missing and runs every check there is, with one summary at the end. */
import { quickChecks, roadTests, unitTests } from "./checks.mjs";
import { readArguments } from "./read-arguments.mjs";
import { main } from "./report.mjs";
import { ensureChromium } from "./setup/chromium.mjs";
import { ensureConformance } from "./setup/conformance.mjs";
import { ensureContainerTools } from "./setup/container-tools.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { ensureEnvoy } from "./setup/envoy.mjs";
import { ensureFirefox } from "./setup/firefox.mjs";
import { ensurePrometheus } from "./setup/prometheus.mjs";
import { ensurePythonConnector } from "./setup/python-connector.mjs";
import { ensureWebKit } from "./setup/webkit.mjs";
import { runSteps } from "./steps.mjs";

await main(async () => {
  readArguments({});
  await ensureDependencies();
  process.env["ENVOY_PATH"] = await ensureEnvoy();
  process.env["CHROMIUM_PATH"] = await ensureChromium();
  process.env["FIREFOX_PATH"] = await ensureFirefox();
  process.env["WEBKIT_PATH"] = await ensureWebKit();
  await ensurePythonConnector();
  await ensureContainerTools();
  await ensureConformance();
  await ensurePrometheus();
  return runSteps([...quickChecks, unitTests, ...roadTests]);
});
