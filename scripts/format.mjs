/** `npm run format`: formats every file and mends what the linter can mend safely. */
import { afterOutput, mustRun } from "./command.mjs";
import { readArguments } from "./read-arguments.mjs";
import { main } from "./report.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { toolEnvironment } from "./setup/node.mjs";
import { root } from "./workspace.mjs";

await main(async () => {
  readArguments({});
  await ensureDependencies();
  await mustRun("biome", ["check", "--write"], afterOutput("what is listed above has to be mended by hand"), {
    cwd: root,
    env: toolEnvironment(),
  });
});
