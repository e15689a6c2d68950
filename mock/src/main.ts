/**
 * `npm run mock`: runs until it is asked to stop (SIGINT, SIGTERM, SIGHUP) or its parent goes. A parent that is
 * connected by IPC is told `{ ready: { bluePort, greenPort, controlPort } }`, and `{ deployment: { active, announced } }`
 * with each change of it, so that it can lead the gateway after the stacks.
 */
import { help, readCommandLine } from "./command-line.ts";
import { startMock } from "./mock.ts";
import { settlePorts } from "./settle-ports.ts";

async function main(): Promise<void> {
  const commandLine = readCommandLine(process.argv.slice(2), process.env);
  if (commandLine === "help") {
    process.stdout.write(help);
    return;
  }
  const stopWanted = stopRequest();
  const ports = await settlePorts(commandLine.ports);
  await using mock = await startMock({ ...commandLine.options, ...ports });
  const ready = { bluePort: mock.blue.port, greenPort: mock.green.port, controlPort: mock.controlPort };
  process.stdout.write(`blue ready on 127.0.0.1:${ready.bluePort}\n`);
  process.stdout.write(`green ready on 127.0.0.1:${ready.greenPort}\n`);
  process.stdout.write(`control ready on ${mock.controlUrl}\n`);
  tellParent({ ready });
  mock.control.watch((deployment) => tellParent({ deployment }));
  await stopWanted;
}

function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) process.on(event, () => resolve());
  });
}

/** Nothing is told to a parent that has gone; one that goes meanwhile is no failure. */
function tellParent(message: object): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  if (process.env["E6_DEBUG"]) console.error(error);
  process.exitCode = 1;
}
// A channel to a parent would keep this process alive.
if (process.connected) process.disconnect();
