/** `npm run deploy`: does one thing to a deployment, tells what has come of it, and ends with an exit code that says so. */
import { readConfigFile } from "../config/config-file.ts";
import { GatewayError } from "../gateway-error.ts";
import { renderCommand } from "../render/render-command.ts";
import { gateCheck } from "../watch/gate-check.ts";
import { runWatchVerb } from "../watch/run-watch-verb.ts";
import { type DeployCommand, help, readDeployCommand } from "./deploy-command.ts";
import { exitCodeOf } from "./exit-code.ts";
import { controllerOf } from "./join.ts";
import { runVerb } from "./run-verb.ts";

async function main(command: DeployCommand): Promise<void> {
  const settings = await readConfigFile(command.config);
  if (settings.deployment === undefined) {
    throw new GatewayError("INVALID_OPTION", `${command.config}: deployment is missing: name its folder`);
  }
  const { replicas = settings.deployment.replicas, confirmWithin } = command;
  const controller = controllerOf(settings, { ...settings.deployment, replicas }, confirmWithin);
  const { verb } = command;
  if (verb.name === "watch") {
    await runWatchVerb(controller, settings, { ...command, ...verb });
    return;
  }
  const { data, text } = await runVerb(controller, verb, { ...command, before: gateCheck(settings.watch.gate) });
  print(command.isJson ? `${JSON.stringify(data)}\n` : text);
}

const print = (text: string): void => void process.stdout.write(text);

let isJson = false;
try {
  const [first, ...rest] = process.argv.slice(2);
  const command = first === "render" ? first : readDeployCommand(process.argv.slice(2), process.env);
  if (command === "render") {
    process.exitCode = await renderCommand(rest, print);
  } else if (command === "help") {
    print(help);
  } else {
    isJson = command.isJson;
    await main(command);
  }
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof GatewayError ? error.code : "INTERNAL";
  process.stderr.write(isJson ? `${JSON.stringify({ error: { code, message } })}\n` : `error: ${message}\n`);
  if (process.env["E6_DEBUG"]) {
    console.error(error);
  }
  process.exitCode = exitCodeOf(error);
}
