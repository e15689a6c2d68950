import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("main.ts", import.meta.url));
const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** The program, and all that it has written. */
function start(args: readonly string[]) {
  const child = fork(entry, args, { execArgv: ["--conditions=e6data-source"], silent: true });
  running.push(child);
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  return {
    child,
    output,
    exited: once(child, "exit"),
    /** After the end, and with all output read; never comes after a `disconnect()` of our own. */
    closed: once(child, "close"),
  };
}

async function startReady(args: readonly string[]) {
  const program = start(args);
  const [message] = await once(program.child, "message");
  // The one message that the program sends.
  return { ...program, url: (message as { ready: { url: string } }).ready.url };
}

describe("main", () => {
  it("says where it is, serves the page and its configuration, and goes when its parent goes", async () => {
    const { child, output, exited, url } = await startReady([
      "--port",
      "0",
      "--gateway-url",
      "https://gateway.example",
    ]);
    expect(output.stdout).toBe(`dashboard: ready on ${url}\n`);
    const page = await fetch(url);
    expect(await page.text()).toContain("<title>e6data console</title>");
    const config = await fetch(`${url}/config.json`);
    expect(await config.json()).toEqual({ gatewayUrl: "https://gateway.example" });
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it("listens on the address that it is given", async () => {
    const { url } = await startReady(["--host", "127.0.0.2", "--port", "0"]);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/);
    expect((await fetch(`${url}/config.json`)).status).toBe(200);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends well on %s", async (signal) => {
    const { child, output, closed } = await startReady(["--port", "0"]);
    child.kill(signal);
    expect(await closed).toEqual([0, null]);
    expect(output.stderr).toBe("");
  });

  it("names a taken port in one line", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { output, closed } = start(["--port", `${port}`]);
    expect(await closed).toEqual([1, null]);
    expect(output.stderr).toBe(`dashboard: port ${port} is taken; choose another with --port or E6_DASHBOARD_PORT\n`);
    other.close();
  });

  it("names a bad option in one line", async () => {
    const { output, closed } = start(["--bulit"]);
    expect(await closed).toEqual([1, null]);
    expect(output.stderr).toBe("dashboard: Unknown option '--bulit'; see --help\n");
  });

  it("prints its usage", async () => {
    const { output, closed } = start(["--help"]);
    expect(await closed).toEqual([0, null]);
    expect(output.stdout).toContain("--gateway-url");
  });
});
