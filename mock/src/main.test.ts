import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("main.ts", import.meta.url));
const anyPorts = ["--blue-port", "0", "--green-port", "0", "--control-port", "0", "--scale", "0.001"];
const children: ChildProcess[] = [];

interface Running {
  readonly child: ChildProcess;
  readonly output: () => Promise<{ readonly stdout: string | undefined; readonly stderr: string | undefined }>;
  /** The exit code, once the process has ended. */
  readonly ended: Promise<number | null>;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = fork(entry, args, {
    execArgv: ["--conditions=e6data-source"],
    env: { ...process.env, ...env },
    silent: true,
  });
  children.push(child);
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : Promise.resolve("")));
  // Not "close": that does not come where the parent has cut the channel.
  const ended = once(child, "exit").then(([code]: (number | null)[]) => code ?? null);
  return { child, ended, output: async () => ({ stdout: await stdout, stderr: await stderr }) };
}

async function ready(running: Running): Promise<{ bluePort: number; greenPort: number; controlPort: number }> {
  const [message] = await Promise.race([once(running.child, "message"), endedTooSoon(running)]);
  return message.ready;
}

/** Fails with what the process said, rather than to wait for a message that cannot come. */
async function endedTooSoon({ ended, output }: Running): Promise<never> {
  const code = await ended;
  throw new Error(`The mock ended with ${code} before it was ready: ${(await output()).stderr}`);
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

describe("npm run mock", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("tells its ports when it is ready, and stops on %s", async (signal) => {
    const running = start(anyPorts);
    const { bluePort, greenPort, controlPort } = await ready(running);
    const state = await (await fetch(`http://127.0.0.1:${controlPort}/state`)).json();
    expect(state).toMatchObject({ stacks: { blue: { port: bluePort }, green: { port: greenPort } } });
    running.child.kill(signal);
    expect(await running.ended).toBe(0);
    expect(await running.output()).toEqual({
      stdout: [
        `blue ready on 127.0.0.1:${bluePort}`,
        `green ready on 127.0.0.1:${greenPort}`,
        `control ready on http://127.0.0.1:${controlPort}`,
        "",
      ].join("\n"),
      stderr: "",
    });
  });

  it("tells its parent of each change of the deployment, and of nothing else", async () => {
    const running = start(anyPorts);
    const { controlPort } = await ready(running);
    const told: unknown[] = [];
    running.child.on("message", (message) => told.push(message));
    const post = async (path: string, body: object): Promise<void> => {
      const headers = { "content-type": "application/json" };
      await fetch(`http://127.0.0.1:${controlPort}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    };
    await post("/announce", { stack: "green" });
    await post("/announce", { stack: "green" });
    await post("/suspend", {});
    await post("/resume", {});
    await post("/switch", { stack: "green" });
    await post("/reset", {});
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    expect(told).toEqual([
      { deployment: { active: "blue", announced: "green" } },
      { deployment: { active: "green", announced: null } },
      { deployment: { active: "blue", announced: null } },
    ]);
  });

  it("stops when its parent goes", async () => {
    const running = start(anyPorts);
    await ready(running);
    running.child.disconnect();
    expect(await running.ended).toBe(0);
  });

  it("stops when its parent went before it was ready", async () => {
    const running = start(anyPorts);
    running.child.disconnect();
    expect(await running.ended).toBe(0);
    expect((await running.output()).stderr).toBe("");
  });

  it("says in one line what is wrong, and exits with an error", async () => {
    const running = start(["--scale", "lots"]);
    expect(await running.ended).toBe(1);
    expect((await running.output()).stderr).toBe(
      'error: --scale (E6_SCALE) is "lots": give a number above 0 and up to 10, such as 0.01\n',
    );
  });

  it.each([
    [["--memory-limit", "4MiB"], "The sample data of scale 0.001 do not fit into 4MiB"],
    [["--parquet-folder", "no such folder"], 'The Parquet folder "no such folder" is not a folder'],
  ])("says in one line what to do about %j", async (args, message) => {
    const running = start([...anyPorts, ...args]);
    expect(await running.ended).toBe(1);
    expect((await running.output()).stderr).toMatch(new RegExp(`^error: ${message}[^\n]*: [^\n]+\n$`));
  });

  it("does not take another port than the one that was asked for", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const running = start([...anyPorts.slice(2), "--scale", "0.001"], { E6_BLUE_PORT: String(port) });
    expect(await running.ended).toBe(1);
    expect((await running.output()).stderr).toBe(
      `error: Port ${port} of 127.0.0.1 is taken: stop what listens there, or choose another --blue-port\n`,
    );
    other.close();
  });
});
