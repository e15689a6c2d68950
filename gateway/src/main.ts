/**
 * `npm run gateway`: runs until it is asked to stop (SIGINT, SIGTERM, SIGHUP) or its parent goes. A parent that is
 * connected by IPC is told `{ ready: { url, adminUrl } }`, and may send `{ apply: { active, announced? } }`, which is
 * answered with `{ applied: … }` or `{ refused: "why" }`.
 */
import { type CommandLine, help, readCommandLine } from "./command-line.ts";
import { readConfigFile } from "./config/config-file.ts";
import { type Gateway, runGateway, startGateway } from "./gateway.ts";
import type { GatewayOptions, GatewayState } from "./options.ts";
import { firstFreePort } from "./port.ts";

async function main(): Promise<number> {
  const commandLine = readCommandLine(process.argv.slice(2), process.env);
  if (commandLine === "help") {
    process.stdout.write(help);
    return 0;
  }
  // Listens before anything starts: a signal that came earlier would end this process and leave Envoy behind.
  const stopWanted = stopRequest();
  await using gateway = await start(commandLine);
  serveParent(gateway);
  process.stdout.write(`gateway ready at ${gateway.url} (active ${gateway.state.active}, admin ${gateway.adminUrl})\n`);
  const failure = await Promise.race([stopWanted, gateway.ended]);
  if (failure !== undefined) {
    throw failure;
  }
  return 0;
}

function stopRequest(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) {
      process.on(event, () => resolve(undefined));
    }
  });
}

async function start(commandLine: CommandLine): Promise<Gateway> {
  if (commandLine.kind === "options") {
    return startGateway(await settlePorts(commandLine));
  }
  const { path, runDir, ignored } = commandLine;
  if (ignored.length > 0) {
    const warning = `beside the configuration file ${path} these variables say nothing: ${ignored.join(", ")}`;
    process.stderr.write(`warning: ${warning}; say it in the file, or unset them\n`);
  }
  return runGateway(await readConfigFile(path), { runDir });
}

async function settlePorts({
  options,
  isPortFixed,
  isAdminPortFixed,
}: CommandLine & { kind: "options" }): Promise<GatewayOptions> {
  const { host = "127.0.0.1", port = 0, adminPort = 0 } = options;
  return {
    ...options,
    port: isPortFixed ? port : await firstFreePort(host, port, "--port"),
    adminPort: isAdminPortFixed ? adminPort : await firstFreePort("127.0.0.1", adminPort, "--admin-port"),
  };
}

function serveParent(gateway: Gateway): void {
  process.on("message", (message: unknown) => {
    if (isApply(message)) {
      gateway.apply(message.apply).then(
        () => process.send?.({ applied: gateway.state }),
        (error: unknown) => process.send?.({ refused: describe(error) }),
      );
    }
  });
  process.send?.({ ready: { url: gateway.url, adminUrl: gateway.adminUrl } });
}

/** Only the shape of the envelope is looked at: `apply` itself checks the state. */
function isApply(message: unknown): message is { readonly apply: GatewayState } {
  const inner = typeof message === "object" && message !== null && "apply" in message ? message.apply : undefined;
  return typeof inner === "object" && inner !== null;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`error: ${describe(error)}\n`);
  if (process.env["E6_DEBUG"]) {
    console.error(error);
  }
  process.exitCode = 1;
}
// A channel to a parent would keep this process alive.
if (process.connected) {
  process.disconnect();
}
