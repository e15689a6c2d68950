/** `npm start`: blue, green, the gateway and the dashboard on loopback, one URL, until Ctrl-C. */
import { leadGateway } from "./lead-gateway.mjs";
import { parts } from "./parts.mjs";
import { main, progress, Remedy } from "./report.mjs";
import { ensureDashboardBuild } from "./setup/dashboard-build.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { toolEnvironment } from "./setup/node.mjs";
import { help, readStartOptions } from "./start-options.mjs";
import { startPart } from "./supervisor.mjs";

/** @typedef {import("./supervisor.mjs").Running} Running */

/**
 * @param {import("./start-options.mjs").StartOptions} options
 * @returns {readonly (readonly [name: import("./parts.mjs").PartName, args: readonly string[]])[]} in the order of their start
 */
function partsWith({ ports, scale }) {
  const stacks = ["--blue-port", `${ports.blue}`, "--green-port", `${ports.green}`];
  return [
    ["mock", [...stacks, "--control-port", `${ports.control}`, ...(scale === undefined ? [] : ["--scale", scale])]],
    ["gateway", [...stacks, "--port", `${ports.gateway}`, "--admin-port", `${ports.admin}`]],
    ["dashboard", ["--built", "--port", `${ports.dashboard}`, "--gateway-url", `http://127.0.0.1:${ports.gateway}`]],
  ];
}

/** @returns {Promise<undefined>} settles when somebody wants the whole to stop */
function interrupted() {
  return new Promise((resolve) => {
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
      process.on(signal, () => resolve(undefined));
  });
}

/** @param {readonly Running[]} running stops all, the last one first */
async function stopAll(running) {
  for (const part of running.toReversed()) await part.stop();
}

/** @param {readonly Running[]} running @returns {Promise<string>} which part stopped first, and why */
const firstToStop = (running) => Promise.race(running.map(async ({ name, stopped }) => `${name} ${await stopped}`));

await main(async () => {
  const options = await readStartOptions(process.argv.slice(2), process.env);
  if (options === "help") return console.log(help);
  await ensureDependencies();
  const added = await Promise.all(Object.values(parts).map((part) => part.prepare()));
  await ensureDashboardBuild();
  const env = Object.assign({ ...process.env, ...toolEnvironment() }, ...added);
  const running = partsWith(options).map(([name, args]) => startPart(name, args, env));
  leadGateway(running);
  const stopWanted = interrupted();
  try {
    const ready = Promise.all(running.map((part) => part.ready));
    if ((await Promise.race([ready, stopWanted])) === undefined) return;
    const { ports } = options;
    console.log(`\n  http://127.0.0.1:${ports.dashboard}\n`);
    progress(
      `gateway ${ports.gateway}, blue ${ports.blue}, green ${ports.green}, control ${ports.control}, Envoy admin ${ports.admin}; Ctrl-C stops all`,
    );
    const fallen = await Promise.race([stopWanted, firstToStop(running)]);
    if (fallen !== undefined) throw new Remedy(`${fallen}; the other parts were stopped too`);
  } finally {
    await stopAll(running);
  }
});
