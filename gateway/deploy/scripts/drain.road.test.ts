import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { readSettings } from "../../src/config/settings.ts";
import { type Gateway, runGateway } from "../../src/gateway.ts";
import { connectRaw } from "../../test/raw-call.ts";
import { type ScriptedUpstream, startUpstream } from "../../test/scripted-upstream.ts";

const script = (name: string) => fileURLToPath(new URL(`./${name}.sh`, import.meta.url));
const native = { ":path": "/QueryEngineService/clear", "content-type": "application/grpc", te: "trailers" };

let upstream: ScriptedUpstream;
const closing = new AsyncDisposableStack();
afterAll(() => closing.disposeAsync());

beforeEach(async () => {
  upstream ??= closing.use(await startUpstream("blue", {}));
});

async function start(allowDrain: boolean): Promise<Gateway> {
  const stack = { addresses: [{ port: upstream.port }], healthCheck: { kind: "none" } };
  const settings = readSettings(
    {
      stacks: { blue: stack, green: stack },
      listener: { port: 0, origins: [] },
      admin: { port: 0, allowDrain },
      concurrency: 1,
    },
    { folder: "/" },
  );
  const gateway = await runGateway(settings, {});
  onTestFinished(() => gateway.close());
  return gateway;
}

/** Runs a script as a container would: with bash, and the port in the environment. */
function runScript(name: string, gateway: Gateway, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const settings = { ADMIN_PORT: new URL(gateway.adminUrl).port, DRAIN_MIN: "0", DRAIN_LOOK: "0.05" };
  const child = spawn("bash", [script(name)], {
    env: { PATH: process.env["PATH"], ...settings, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function codeOf(child: ChildProcess): Promise<unknown> {
  const [code] = await once(child, "close");
  return code;
}

function linesOf({ stdout }: ChildProcess): AsyncIterator<string> {
  if (stdout === null) {
    throw new Error("the script was started with its output piped");
  }
  return createInterface({ input: stdout })[Symbol.asyncIterator]();
}

async function nextOf(lines: AsyncIterator<string>): Promise<unknown> {
  return (await lines.next()).value;
}

describe("drain.sh", () => {
  it("turns nobody away while it waits for the calls in flight, and ends after the last", async () => {
    const gateway = await start(true);
    await using connection = await connectRaw(gateway.url);
    const held = connection.call({ ...native, "x-script": "hold" });
    await upstream.untilHeld(1);
    const drain = runScript("drain", gateway);
    const lines = linesOf(drain);
    expect(await nextOf(lines)).toBe("drain: begun, 1 calls in flight");
    expect(await codeOf(runScript("ready", gateway))).toBe(1);
    // Callers are told to go elsewhere, and are served all the same.
    await using late = await connectRaw(gateway.url);
    expect(await late.call(native)).toMatchObject({ status: 200, trailers: { "grpc-status": "0" } });
    const [answer] = await once(get(gateway.url, { agent: false }), "response");
    expect(answer.headers.connection).toBe("close");
    answer.resume();
    upstream.release();
    expect(await nextOf(lines)).toMatch(/^drain: empty after \d+ s$/);
    expect(await held).toMatchObject({ status: 200, trailers: { "grpc-status": "0" } });
    expect(await codeOf(drain)).toBe(0);
  });

  it("gives up at its limit, and says what is left", async () => {
    const gateway = await start(true);
    await using connection = await connectRaw(gateway.url);
    const held = connection.call({ ...native, "x-script": "hold" });
    await upstream.untilHeld(1);
    const drain = runScript("drain", gateway, { DRAIN_MAX: "0" });
    const lines = linesOf(drain);
    await nextOf(lines);
    expect(await nextOf(lines)).toMatch(/^drain: 1 calls still in flight after \d+ s$/);
    expect(await codeOf(drain)).toBe(0);
    upstream.release();
    await held;
  });

  it("says so where the configuration does not allow it", async () => {
    const drain = runScript("drain", await start(false));
    expect(await nextOf(linesOf(drain))).toBe("drain: Envoy does not take the request to drain (403)");
    expect(await codeOf(drain)).toBe(0);
  });
});

describe("ready.sh", () => {
  it("succeeds while Envoy takes calls, and fails where nobody answers", async () => {
    const gateway = await start(false);
    expect(await codeOf(runScript("ready", gateway))).toBe(0);
    await gateway.close();
    expect(await codeOf(runScript("ready", gateway))).toBe(1);
  });
});
