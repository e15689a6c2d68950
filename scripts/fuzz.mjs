/** `npm run fuzz -- [--seed N] [--inputs N] [--minutes N] [--replay TEXT]`: tries altered results and hostile SQL on the client. */
import { runCommand } from "./command.mjs";
import { main } from "./report.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { nodePath, toolEnvironment } from "./setup/node.mjs";
import { root } from "./workspace.mjs";

await main(async () => {
  await ensureDependencies();
  const args = ["--conditions=e6data-source", "client/fuzz/main.ts", ...process.argv.slice(2)];
  const { code } = await runCommand(nodePath(), args, { cwd: root, env: toolEnvironment() });
  return code;
});
