import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ensurePythonConnector } from "../../scripts/setup/python-connector.mjs";

const script = fileURLToPath(new URL("driver.py", import.meta.url));

/** Installs the connector; gives a function that runs a scenario of driver.py and answers what it answered. */
export async function createPythonDriver() {
  const python = await ensurePythonConnector();
  return (scenario: string, options: object, onPause?: (name: string) => void | Promise<void>): Promise<unknown> =>
    runScenario(python, scenario, options, onPause);
}

async function runScenario(
  python: string,
  scenario: string,
  options: object,
  onPause: (name: string) => void | Promise<void> = () => undefined,
): Promise<unknown> {
  const child = spawn(python, [script, scenario], { stdio: ["pipe", "pipe", "pipe"], timeout: 100_000 });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const closed = once(child, "close");
  child.stdin.write(`${JSON.stringify(options)}\n`);
  for await (const line of createInterface({ input: child.stdout })) {
    const said: { readonly paused?: string; readonly answer?: unknown } = JSON.parse(line);
    if ("answer" in said) {
      child.stdin.end();
      await closed;
      return said.answer;
    }
    await onPause(said.paused ?? "");
    child.stdin.write("\n");
  }
  await closed;
  throw new Error(`The Python driver ended without an answer:\n${complaints}`);
}
