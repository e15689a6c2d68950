/**
 * `npm run simulate -- [--from N] [--histories N] [--minutes N] [--workers N] [--until-found] [--course NAME]`: lets histories of many
 * tabs and deployments happen, from seeds, on all cores, and tells which break a property of the client. `--seed N [--shrink]` shows one.
 */
import { runCommand } from "./command.mjs";
import { main } from "./report.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { nodePath, toolEnvironment } from "./setup/node.mjs";
import { root } from "./workspace.mjs";

await main(async () => {
  await ensureDependencies();
  const args = ["--conditions=e6data-source", "client/simulator/main.ts", ...process.argv.slice(2)];
  const { code } = await runCommand(nodePath(), args, { cwd: root, env: toolEnvironment() });
  return code;
});
