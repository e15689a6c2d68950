import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** What a program has printed. Rejects with its words where it fails. */
export async function runTool(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await execute(program, args, {
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  return stdout;
}

/** Every document of a YAML text, by the parser that Python finds at the path: Node has none. */
export async function readYaml(text: string, pythonPath: string): Promise<readonly unknown[]> {
  const program = "import json, sys, yaml; json.dump(list(yaml.safe_load_all(sys.argv[1])), sys.stdout)";
  const documents: unknown = JSON.parse(await runTool("python3", ["-c", program, text], { PYTHONPATH: pythonPath }));
  return Array.isArray(documents) ? documents : [];
}
