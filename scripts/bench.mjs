/** `npm run bench -- [name…]`: measures side by side and prints ratios. */
import { runCommand } from "./command.mjs";
import { main } from "./report.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { nodePath, toolEnvironment } from "./setup/node.mjs";
import { ensurePythonConnector } from "./setup/python-connector.mjs";
import { root } from "./workspace.mjs";

await main(async () => {
  await ensureDependencies();
  await ensurePythonConnector();
  const args = ["--conditions=e6data-source", "--expose-gc", "bench/src/main.ts", ...process.argv.slice(2)];
  const { code } = await runCommand(nodePath(), args, { cwd: root, env: toolEnvironment() });
  return code;
});
