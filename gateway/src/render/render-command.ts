import { mkdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseStrategy, type Strategy } from "e6data-web/headers";
import { readConfigFile } from "../config/config-file.ts";
import type { GatewaySettings } from "../config/settings.ts";
import { deploymentFiles } from "../deploy/deployment-files.ts";
import { permissive } from "../deploy/deployment-state.ts";
import { controllerOf } from "../deploy/join.ts";
import { GatewayError } from "../gateway-error.ts";
import { replaceFile } from "../replace-file.ts";
import { envoyPatchPolicy, type GatewayReference } from "./envoy-patch-policy.ts";
import { type RenderedFile, renderedFile, renderedFiles } from "./rendered-files.ts";

/** The text of `npm run deploy -- render --help`. */
export const renderHelp = `npm run deploy -- render --config FILE --out FOLDER [options]

Writes what an Envoy starts from that somebody else runs, a container or a pod: bootstrap.json, and secrets/*.json where there is TLS.
The routes are not among them: the deployment publishes those.

  --config FILE  the gateway's configuration
  --out FOLDER   where the files are written; it is made if it is missing
  --at FOLDER    where Envoy will find them, an absolute path (as --out)
  --begin        begins the deployment too, where there is none: Envoy needs its routes to start
  --envoy-gateway NAMESPACE/NAME/LISTENER
                 writes envoy-patch-policy.json in place of all that: what a Gateway of Envoy Gateway's needs beside
                 its own resources
  --active STACK blue or green, for --envoy-gateway (blue)
  --check        writes nothing; fails if the files are not what would be written
  --help         this text
`;

/** Where the command writes to. */
export type Print = (text: string) => void;

/**
 * Renders as the arguments say and prints each file that it has written. Resolves with the exit code: 1 where `--check` has found a
 * difference. Rejects with `INVALID_OPTION`.
 */
export async function renderCommand(args: readonly string[], print: Print): Promise<number> {
  const options = parse(args);
  if (options === "help") {
    print(renderHelp);
    return 0;
  }
  const { config, out, at, begin, check, active, envoyGateway } = options;
  const settings = await readConfigFile(config);
  const files =
    envoyGateway === undefined
      ? renderedFiles(settings, at)
      : [renderedFile("envoy-patch-policy.json", envoyPatchPolicy(settings, permissive(active), envoyGateway))];
  if (check) {
    return await compare(files, out, print);
  }
  await write(files, out, print);
  if (begin) {
    print(await beginDeployment(settings));
  }
  return 0;
}

interface RenderOptions {
  readonly config: string;
  readonly out: string;
  readonly at: string;
  readonly begin: boolean;
  readonly check: boolean;
  readonly active: Strategy;
  readonly envoyGateway: GatewayReference | undefined;
}

function parse(args: readonly string[]): RenderOptions | "help" {
  const { config, out, at, begin = false, check = false, help, ...more } = values(args);
  if (help === true) {
    return "help";
  }
  if (config === undefined || out === undefined) {
    throw new GatewayError("INVALID_OPTION", "render needs --config and --out; --help tells more");
  }
  if (at !== undefined && resolve(at) !== at) {
    throw new GatewayError(
      "INVALID_OPTION",
      `--at is ${JSON.stringify(at)}: give an absolute path, as Envoy will see it`,
    );
  }
  const envoyGateway = more["envoy-gateway"] === undefined ? undefined : readReference(more["envoy-gateway"]);
  return {
    config,
    out: resolve(out),
    at: at ?? resolve(out),
    begin,
    check,
    active: readActive(more.active),
    envoyGateway,
  };
}

function readReference(text: string): GatewayReference {
  const [, namespace, name, listener] =
    /^([a-z0-9.-]{1,253})\/([a-z0-9.-]{1,253})\/([a-z0-9.-]{1,253})$/.exec(text) ?? [];
  if (namespace === undefined || name === undefined || listener === undefined) {
    const problem = `--envoy-gateway is ${JSON.stringify(text)}: give NAMESPACE/NAME/LISTENER of a Gateway`;
    throw new GatewayError("INVALID_OPTION", problem);
  }
  return { namespace, name, listener };
}

function readActive(text = "blue"): Strategy {
  const active = parseStrategy(text);
  if (active === undefined) {
    throw new GatewayError("INVALID_OPTION", `--active is ${JSON.stringify(text)}: give blue or green`);
  }
  return active;
}

function values(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const options = {
      ...{ config: text, out: text, at: text, active: text, "envoy-gateway": text },
      ...{ begin: flag, check: flag, help: flag },
    };
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    const [problem] = cause instanceof Error ? cause.message.split(/\.(?:\s|$)/, 1) : [String(cause)];
    throw new GatewayError("INVALID_OPTION", `${problem}; --help lists the options`, { cause });
  }
}

/** What is there stays as it is: its routes may be those of another configuration, which `publish` is for. */
async function beginDeployment(settings: GatewaySettings): Promise<string> {
  const { deployment } = settings;
  if (deployment === undefined) {
    throw new GatewayError("INVALID_OPTION", "--begin needs a deployment: name its folder in the configuration");
  }
  const controller = controllerOf(settings, deployment);
  if ((await controller.history(1)).length > 0) {
    return `${deployment.folder} holds a deployment already\n`;
  }
  await controller.begin();
  return `${deploymentFiles(deployment.folder).routes}\n`;
}

async function write(files: readonly RenderedFile[], out: string, print: Print): Promise<void> {
  for (const { path, text } of files) {
    const full = join(out, path);
    await mkdir(dirname(full), { recursive: true });
    await replaceFile(full, `${full}.new`, text);
    print(`${full}\n`);
  }
}

async function compare(files: readonly RenderedFile[], out: string, print: Print): Promise<number> {
  let code = 0;
  for (const { path, text } of files) {
    const full = join(out, path);
    if ((await readFile(full, "utf8").catch(() => undefined)) !== text) {
      print(`${full} is not what the configuration says: render it anew\n`);
      code = 1;
    }
  }
  return code;
}
