/**
 * `npm run soak -- [--minutes N] [--seed N] [--tabs N] [--queries N] [--flips N] [--json FILE]`: many tabs of a real browser in storms of
 * deployments.
 */
import { runCommand } from "./command.mjs";
import { main } from "./report.mjs";
import { ensureChromium } from "./setup/chromium.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { ensureEnvoy } from "./setup/envoy.mjs";
import { nodePath, toolEnvironment } from "./setup/node.mjs";
import { root } from "./workspace.mjs";

await main(async () => {
  await ensureDependencies();
  const env = { ...toolEnvironment(), ENVOY_PATH: await ensureEnvoy(), CHROMIUM_PATH: await ensureChromium() };
  const args = ["--conditions=e6data-source", "storm/src/main.ts", ...process.argv.slice(2)];
  const { code } = await runCommand(nodePath(), args, { cwd: root, env });
  return code;
});
