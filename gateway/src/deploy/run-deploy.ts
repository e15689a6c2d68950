import { readConfigFile } from "../config/config-file.ts";
import { GatewayError } from "../gateway-error.ts";
import { type Print, renderCommand } from "../render/render-command.ts";
import { gateCheck } from "../watch/gate-check.ts";
import { runWatchVerb } from "../watch/run-watch-verb.ts";
import { type DeployCommand, help, readDeployCommand } from "./deploy-command.ts";
import { exitCodeOf } from "./exit-code.ts";
import { controllerOf } from "./join.ts";
import { runVerb } from "./run-verb.ts";

/** Where `npm run deploy` tells what has come of it. */
export interface DeployOutput {
  readonly print: Print;
  readonly printError: Print;
}

/** Does what a command line asks for. Resolves with the exit code; a failure is told, and never rejected with. */
export async function runDeploy(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  output: DeployOutput,
): Promise<number> {
  const { print, printError } = output;
  let isJson = false;
  try {
    const [first, ...rest] = args;
    if (first === "render") {
      return await renderCommand(rest, print);
    }
    const command = readDeployCommand(args, env);
    if (command === "help") {
      print(help);
    } else {
      isJson = command.isJson;
      await runCommand(command, print);
    }
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof GatewayError ? error.code : "INTERNAL";
    printError(isJson ? `${JSON.stringify({ error: { code, message } })}\n` : `error: ${message}\n`);
    if (env["E6_DEBUG"]) {
      console.error(error);
    }
    return exitCodeOf(error);
  }
}

async function runCommand(command: DeployCommand, print: Print): Promise<void> {
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
