import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { root } from "./workspace.mjs";

/** @typedef {{ child: import("node:child_process").ChildProcess, output: () => string, url: Promise<string>, exit: Promise<unknown> }} Start */

/** @type {import("node:child_process").ChildProcess[]} */
const children = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGTERM");
    await once(child, "exit");
  }
});

/** @param {readonly string[]} args @param {NodeJS.ProcessEnv} [env] @returns {Start} */
function start(args, env = {}) {
  const child = spawn(process.execPath, ["scripts/start.mjs", ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let output = "";
  /** @type {Promise<string>} */
  const url = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output += text;
        const found = /^ {2}(http:\S+)$/m.exec(output)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
    child.once("close", () => reject(new Error(output)));
  });
  // A start that is meant to fail has no URL, and nobody waits for it.
  url.catch(() => undefined);
  return { child, output: () => output, url, exit: once(child, "close").then(([code]) => code) };
}

/** @param {string} entry @returns {number} the process of a part */
function processOf(/** @type {number | undefined} */ parent, entry) {
  const list = execFileSync("ps", ["-o", "pid=,args=", "--ppid", `${parent}`], { encoding: "utf8" });
  const line = list.split("\n").find((text) => text.includes(entry));
  if (line === undefined) throw new Error(`no ${entry} among:\n${list}`);
  return Number.parseInt(line, 10);
}

describe("npm start", () => {
  it("serves the page, leads it to the gateway, and leaves nothing behind after Ctrl-C", async () => {
    const { child, url, exit } = start([]);
    const page = await fetch(await url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<script");
    /** @type {unknown} */
    const config = await (await fetch(new URL("config.json", await url))).json();
    expect(config).toEqual({ gatewayUrl: expect.any(String), connectOrigins: [expect.any(String)] });
    const { gatewayUrl } = /** @type {{ gatewayUrl: string }} checked just above */ (config);
    const preflight = await fetch(new URL("/QueryEngineService/authenticate", gatewayUrl), {
      method: "OPTIONS",
      headers: { origin: new URL(await url).origin, "access-control-request-method": "POST" },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBe(new URL(await url).origin);

    child.kill("SIGINT");
    expect(await exit).toBe(0);
    await expect(fetch(await url)).rejects.toThrow("fetch failed");
    await expect(fetch(gatewayUrl)).rejects.toThrow("fetch failed");
  });

  it("leads the gateway after the stacks", async () => {
    const { url, output } = start([]);
    await url;
    const ports = /gateway (\d+),.* control (\d+),/;
    await vi.waitFor(() => expect(output()).toMatch(ports));
    const [, gateway, control] = ports.exec(output()) ?? [];
    /** @param {string} stack @returns {Promise<string | null>} where the answers of a stack lead */
    const lead = async (stack) => {
      const answer = await fetch(`http://127.0.0.1:${gateway}/QueryEngineService/healthCheck`, {
        method: "POST",
        headers: { "content-type": "application/grpc-web+proto", strategy: stack },
        body: new Uint8Array(5),
      });
      await answer.arrayBuffer();
      return answer.headers.get("x-e6-new-strategy");
    };
    /** @param {string} path @param {object} body */
    const tell = (path, body) =>
      fetch(`http://127.0.0.1:${control}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    expect([await lead("blue"), await lead("green")]).toEqual([null, "blue"]);
    await tell("/announce", { stack: "green" });
    await vi.waitFor(async () => expect([await lead("blue"), await lead("green")]).toEqual(["green", null]));
    await tell("/announce", { stack: null });
    await vi.waitFor(async () => expect([await lead("blue"), await lead("green")]).toEqual([null, "blue"]));
    await tell("/switch", { stack: "green" });
    await vi.waitFor(async () => expect([await lead("blue"), await lead("green")]).toEqual(["green", null]));
  });

  it("says which part has died and why, and stops the others", async () => {
    const { child, url, exit, output } = start([]);
    await url;
    process.kill(processOf(child.pid, "mock/src/main.ts"), "SIGKILL");
    expect(await exit).toBe(1);
    expect(output()).toMatch(/^error: mock stopped \(signal SIGKILL\).*; the other parts were stopped too$/m);
    await expect(fetch(await url)).rejects.toThrow("fetch failed");
  });

  it.each([
    [["--nonsense"], {}, /^error: Unknown option '--nonsense'; `npm start -- --help` lists the options\n$/],
    [
      ["--gateway-port", "99999"],
      {},
      /^error: --gateway-port is "99999", which is no port: give a number from 1 to 65535\n$/,
    ],
    [
      [],
      { E6_BLUE_PORT: "blue" },
      /^error: E6_BLUE_PORT is "blue", which is no port: give a number from 1 to 65535\n$/,
    ],
    [[], { ENVOY_PATH: "/nowhere/envoy" }, /^error: ENVOY_PATH=\/nowhere\/envoy .*\n$/],
  ])("answers %j %j by one line", async (args, env, line) => {
    const { exit, output } = start(args, env);
    expect(await exit).toBe(1);
    expect(output()).toMatch(line);
  });

  it("passes on the one line of a part that does not start", async () => {
    const { exit, output } = start(["--scale", "huge"]);
    expect(await exit).toBe(1);
    expect(output()).toMatch(/^error: mock stopped \(exit code 1\): .*huge.*$/m);
    expect(output()).not.toMatch(/^ {4}at /m);
  });
});
