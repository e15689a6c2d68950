/** `npm run deploy`: does one thing to a deployment, tells what has come of it, and ends with an exit code that says so. */
import { readConfigFile } from "../config/config-file.ts";
import { GatewayError } from "../gateway-error.ts";
import { type DeployCommand, help, readDeployCommand } from "./deploy-command.ts";
import { exitCodeOf } from "./exit-code.ts";
import { controllerOf } from "./join.ts";
import { runVerb } from "./run-verb.ts";

async function main(command: DeployCommand): Promise<void> {
  const settings = await readConfigFile(command.config);
  if (settings.deployment === undefined) {
    throw new GatewayError("INVALID_OPTION", `${command.config}: deployment is missing: name its folder`);
  }
  const controller = controllerOf(settings, settings.deployment, command.confirmWithin);
  const { data, text } = await runVerb(controller, command);
  process.stdout.write(command.isJson ? `${JSON.stringify(data)}\n` : text);
}

let isJson = false;
try {
  const command = readDeployCommand(process.argv.slice(2), process.env);
  if (command === "help") {
    process.stdout.write(help);
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
