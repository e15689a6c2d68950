import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { runFiles } from "./run-files.ts";

const anyPorts = ["--port", "0", "--admin-port", "0"];

/** Starts the program as `npm start` does, connected by IPC. */
function startMain(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = fork(fileURLToPath(new URL("./main.ts", import.meta.url)), args, {
    execArgv: ["--conditions=e6data-source"],
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** A configuration with two stacks that are not there, as a file. */
async function configFile(config: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "gateway-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const stacks = { blue: { addresses: [{ port: 1 }] }, green: { addresses: [{ port: 2 }] } };
  const path = join(folder, "gateway.json");
  await writeFile(path, JSON.stringify({ stacks, admin: { port: 0 }, ...config }));
  return path;
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, "message");
  return message;
}

async function exitOf(child: ChildProcess): Promise<{ code: unknown; errors: string }> {
  // Not `close`: Node does not emit it after this side has disconnected.
  const [[code], errors] = await Promise.all([once(child, "exit"), child.stderr ? text(child.stderr) : ""]);
  return { code, errors };
}

function isAnswered(address: string): Promise<boolean> {
  return fetch(`http://${address}/ready`).then(
    () => true,
    () => false,
  );
}

describe("npm run gateway", () => {
  it("tells its parent when it is ready, changes state for it, and ends with it", async () => {
    const child = startMain(anyPorts);
    const exit = exitOf(child);
    const ready = await messageOf(child);
    expect(ready).toEqual({
      ready: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), adminUrl: expect.stringMatching(/^http:/) },
    });
    child.send({ apply: { active: "green", announced: "blue" } });
    expect(await messageOf(child)).toEqual({ applied: { active: "green", announced: "blue" } });
    child.send({ apply: { active: "yellow" } });
    expect(await messageOf(child)).toEqual({ refused: 'active is "yellow": must be blue or green' });
    child.disconnect();
    expect(await exit).toEqual({ code: 0, errors: "" });
  });

  it("runs what a configuration file says", async () => {
    const path = await configFile({ listener: { port: 0, origins: ["https://app.test"] }, concurrency: 1 });
    const child = startMain(["--config", path]);
    const { ready } = (await messageOf(child)) as { ready: { url: string } };
    const { headers } = await fetch(`${ready.url}/QueryEngineService/status`, {
      method: "OPTIONS",
      headers: { origin: "https://app.test", "access-control-request-method": "POST" },
    });
    expect(headers.get("access-control-allow-origin")).toBe("https://app.test");
  });

  it("says in one line what is wrong in a configuration file", async () => {
    const path = await configFile({ listener: { port: 0, origins: ["*"] } });
    const line = `error: ${path}: listener.origins[0] is "*": no wildcard but ':*' for the port is allowed: name each host\n`;
    expect(await exitOf(startMain(["--config", path]))).toEqual({ code: 1, errors: line });
  });

  it("says which variables a configuration file leaves without a word, and starts none the less", async () => {
    const path = await configFile({ listener: { port: 0, origins: [] } });
    const child = startMain(["--config", path], { E6_GATEWAY_PORT: "tcp://10.0.0.1:80", E6_GATEWAY_ORIGINS: "*" });
    await messageOf(child);
    child.kill("SIGTERM");
    const warning = `warning: beside the configuration file ${path} these variables say nothing: E6_GATEWAY_PORT, E6_GATEWAY_ORIGINS; say it in the file, or unset them\n`;
    expect(await exitOf(child)).toEqual({ code: 0, errors: warning });
  });

  it("ends in order on a signal", async () => {
    const child = startMain(anyPorts);
    await messageOf(child);
    child.kill("SIGTERM");
    expect(await exitOf(child)).toEqual({ code: 0, errors: "" });
  });

  it("leaves no Envoy behind when it is killed", async () => {
    const runDir = await mkdtemp(join(tmpdir(), "gateway-test-"));
    const child = startMain([...anyPorts, "--run-dir", runDir]);
    await messageOf(child);
    const address = await readFile(runFiles(runDir).adminAddress, "utf8");
    expect(await isAnswered(address)).toBe(true);
    child.kill("SIGKILL");
    await exitOf(child);
    // The guard is a process of its own: ask until it has done its work. The test's own time-out is the limit.
    while (await isAnswered(address)) {
      await setImmediate();
    }
    await rm(runDir, { recursive: true });
  });

  it.each<[readonly string[], NodeJS.ProcessEnv, string]>([
    [["--bogus"], {}, "error: Unknown option '--bogus'; --help lists the options\n"],
    [["--port", "70000"], {}, "error: port is 70000: must be a whole number from 0 to 65535\n"],
    [
      anyPorts,
      { ENVOY_PATH: "/none" },
      "error: no Envoy to run at /none: correct envoyPath or ENVOY_PATH, or unset it\n",
    ],
    [
      [...anyPorts, "--run-dir", "/etc/passwd/run"],
      {},
      "error: cannot make the folder /etc/passwd/run: choose another runDir\n",
    ],
  ])("says in one line what is wrong: %o %o", async (args, env, line) => {
    expect(await exitOf(startMain(args, env))).toEqual({ code: 1, errors: line });
  });
});
