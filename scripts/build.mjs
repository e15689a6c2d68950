/** `npm run build`: the `dist` of each package. */
import { afterOutput, mustRun } from "./command.mjs";
import { readArguments } from "./read-arguments.mjs";
import { main, progress } from "./report.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { toolEnvironment } from "./setup/node.mjs";
import { root } from "./workspace.mjs";

/** @type {readonly (readonly [name: string, command: string, args: readonly string[], folder: string])[]} */
const builds = [
  ["client, mock and gateway", "tsc", ["-b", "client", "mock", "gateway"], ""],
  ["dashboard", "vite", ["build", "--logLevel", "warn"], "dashboard"],
  ["edge", "wrangler", ["deploy", "--dry-run", "--outdir", "dist/worker"], "edge"],
];

await main(async () => {
  readArguments({});
  await ensureDependencies();
  for (const [name, command, args, folder] of builds) {
    progress(`building ${name}`);
    await mustRun(command, args, afterOutput(`${name}: the build failed, see above`), {
      cwd: `${root}${folder}`,
      env: { ...toolEnvironment(), WRANGLER_SEND_METRICS: "false" },
    });
  }
});
