/** `npm run reference`: docs/api, the reference of the client's exports, anew from their doc comments. */
import { runCommand } from "./command.mjs";
import { readArguments } from "./read-arguments.mjs";
import { main } from "./report.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { nodePath, toolEnvironment } from "./setup/node.mjs";
import { root } from "./workspace.mjs";

await main(async () => {
  readArguments({});
  await ensureDependencies();
  const { code } = await runCommand(nodePath(), ["docs/src/write-reference.ts"], { cwd: root, env: toolEnvironment() });
  return code;
});
