/** `npm run bench -- [name…]`: measures side by side and prints ratios. */
import { runCommand } from "./command.mjs";
import { main } from "./report.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { ensureEnvoy } from "./setup/envoy.mjs";
import { ensureH2load } from "./setup/h2load.mjs";
import { nodePath, toolEnvironment } from "./setup/node.mjs";
import { ensurePythonConnector } from "./setup/python-connector.mjs";
import { root } from "./workspace.mjs";

await main(async () => {
  await ensureDependencies();
  await ensurePythonConnector();
  const names = process.argv.slice(2);
  // What only the gateway's measurements need is not asked of those who measure something else.
  const isGateway = names.length === 0 || names.some((name) => name.startsWith("gateway"));
  const forGateway = async () => ({ ENVOY_PATH: await ensureEnvoy(), H2LOAD_PATH: await ensureH2load() });
  const env = { ...toolEnvironment(), ...(isGateway ? await forGateway() : {}) };
  const args = ["--conditions=e6data-source", "--expose-gc", "bench/src/main.ts", ...names];
  const { code } = await runCommand(nodePath(), args, { cwd: root, env });
  return code;
});
