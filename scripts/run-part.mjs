/** `npm run mock`, `npm run gateway`, `npm run dashboard`, `npm run deploy`: one part alone, with its own options behind `--`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { nodeArguments, parts } from "./parts.mjs";
import { main, Remedy } from "./report.mjs";
import { nodePath, toolEnvironment } from "./setup/node.mjs";
import { root } from "./workspace.mjs";

/** @param {string} text @returns {text is import("./parts.mjs").PartName} */
const isPart = (text) => Object.hasOwn(parts, text);

await main(async () => {
  const [name = "", ...args] = process.argv.slice(2);
  if (!isPart(name)) throw new Remedy(`there is no part "${name}": give one of ${Object.keys(parts).join(", ")}`);
  await parts[name].packages();
  const env = { ...process.env, ...toolEnvironment(), ...(await parts[name].prepare()) };
  const child = spawn(nodePath(), nodeArguments(name, args), { cwd: root, env, stdio: "inherit" });
  // A terminal sends its Ctrl-C to the part as well: this process only waits for it. Other senders know just this one.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const [code, signal] = await once(child, "close");
  // As a shell has it. What was broken off is not done: `watch && drain` must not go on.
  return signal === null ? code : 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)];
});
