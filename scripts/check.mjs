/** `npm run check`: what can be checked in under half a minute, for the inner loop. */
import { quickChecks, unitTests } from "./checks.mjs";
import { readArguments } from "./read-arguments.mjs";
import { main } from "./report.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { runSteps } from "./steps.mjs";

await main(async () => {
  readArguments({});
  await ensureDependencies();
  return runSteps([...quickChecks, unitTests]);
});
