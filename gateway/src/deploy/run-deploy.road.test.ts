import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployedGateways, deployProgram, startDeployed } from "../../test/deployed-gateways.ts";
import { runProgram } from "../../test/run-program.ts";
import { type ScriptedUpstream, startUpstream } from "../../test/scripted-upstream.ts";
import { runDeploy } from "./run-deploy.ts";

let stack: ScriptedUpstream;
let deployed: DeployedGateways;
let folder: string;
let config: string;

beforeAll(async () => {
  stack = await startUpstream("either", {});
  deployed = await startDeployed({ blue: stack.port, green: stack.port }, 1);
  folder = await mkdtemp(join(tmpdir(), "deploy-test-"));
  config = join(folder, "gateway.json");
  await writeFile(config, JSON.stringify(deployed.config));
});

afterAll(async () => {
  await deployed?.[Symbol.asyncDispose]();
  await stack?.close();
  await rm(folder, { recursive: true });
});

/** Does what `npm run deploy` does with a line: its exit code, and what it says. */
async function deploy(line: string): Promise<{ readonly code: number; readonly output: string }> {
  let output = "";
  const print = (text: string) => {
    output += text;
  };
  const code = await runDeploy(line.split(" "), { E6_GATEWAY_CONFIG: config }, { print, printError: print });
  return { code, output };
}

const untimed = (output: string) =>
  output
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/[0-9a-f]{16}/g, "HASH")
    .replaceAll(/((?:new|continue): )\d+/g, "$1N");

describe("runDeploy()", () => {
  it("leads a deployment through its verbs, for people", async () => {
    const said: string[] = [];
    for (const line of [
      "announce green --dry-run",
      "announce green",
      "announce green",
      "promote green --reason release-7",
      "drain blue --quiet 0ms",
      "off blue",
      "rollback",
      "history --count 2",
      "status",
    ]) {
      const { code, output } = await deploy(line);
      said.push(`$ ${line}\n${output}exit code ${code}\n`);
    }
    const url = deployed.gateways[0]?.adminUrl ?? "";
    expect(untimed(said.join("")).replaceAll(url, "ADMIN".padEnd(url.length))).toBe(
      `$ announce green --dry-run
would make version 2 of version 1
  announced   none → green
  routes      HASH → HASH
    blue.continue: N
    green.continue: N
    active.continue: N
    blue.new: N
    green.new: N
    active.new: N
exit code 0
$ announce green
version 2, was 1
  announced   none → green
exit code 0
$ announce green
version 2: so already
exit code 0
$ promote green --reason release-7
version 3, was 2
  blue        active → standby
  green       standby → active
  announced   green → none
  rollback to none → blue
exit code 0
$ drain blue --quiet 0ms
version 4, was 3
  blue        standby → draining
blue is drained: no call is left on it
exit code 0
$ off blue
version 5, was 4
  blue        draining → off
  rollback to blue → none
exit code 0
$ rollback
error: blue is off, and what was there may be gone: announce and promote it, once it runs
exit code 3
$ history --count 2
version  blue      green   announced  change
5        off       active  -          off, TIME
4        draining  active  -          drain, TIME
exit code 0
$ status
version 5: off, TIME
  blue   off
  green  active
gateway                 routes      turned down  in flight blue  in flight green
ADMIN                   up to date  0            0               0
exit code 0
`,
    );
  });

  it("leads it through them for programs, and waits no longer than it is told to", async () => {
    const json = async (line: string) => {
      const { code, output } = await deploy(`${line} --json`);
      return [code, JSON.parse(output)];
    };
    expect(await json("announce blue")).toMatchObject([
      0,
      { verb: "announce", isChanged: true, state: { version: 6 } },
    ]);
    const ready = "--ready 50% --window 1s --min-calls 1 --within 0ms";
    expect(await json(`promote blue ${ready}`)).toEqual([
      6,
      { error: { code: "NOT_READY", message: expect.stringContaining("nobody called") } },
    ]);
    await deploy("announce green");
    const held = deployed.connections[0]?.call({
      ":path": "/QueryEngineService/getNextResultBatch",
      "content-type": "application/grpc-web+proto",
      ...{ strategy: "blue", "x-script": "hold" },
    });
    await stack.untilHeld(1);
    const left = `${deployed.gateways[0]?.adminUrl} has 1 in flight`;
    expect(await json("drain blue --within 0ms")).toEqual([
      6,
      { error: { code: "NOT_DRAINED", message: expect.stringContaining(left) } },
    ]);
    expect(await json("off blue")).toEqual([
      3,
      { error: { code: "DEPLOYMENT_REFUSED", message: expect.stringContaining(left) } },
    ]);
    expect(await json("off blue --force")).toMatchObject([0, { state: { stacks: { blue: "off" } } }]);
    stack.release();
    expect((await held)?.headers["x-upstream"]).toBe("either");
  });

  it.each([
    [0, "--help", /^npm run deploy -- <verb>/],
    [2, "nonsense", /^error: there is no verb "nonsense": --help lists them\n$/],
    [2, "status --config /no/such/file", /^error: \/no\/such\/file: the file cannot be read/],
    [3, "restore 99", /^error: the history holds no version 99/],
  ])("ends with exit code %i: %s", async (code, line, output) => {
    expect(await deploy(line)).toEqual({ code, output: expect.stringMatching(output) });
  });

  it("is a program", async () => {
    const run = (...args: string[]) =>
      runProgram(process.execPath, ["--conditions=e6data-source", deployProgram, ...args]);
    const [good, bad] = await Promise.all([run("history", "--config", config, "--count", "1"), run("nonsense")]);
    expect(good).toEqual({ code: 0, output: expect.stringContaining("version") });
    expect(bad).toEqual({ code: 2, output: expect.stringMatching(/^error: there is no verb/) });
  });

  it("ends with exit code 1 where the state cannot be read", async () => {
    await writeFile(join(deployed.folder, "state.json"), "{");
    const { code, output } = await deploy("status");
    expect([code, output]).toEqual([1, expect.stringContaining("put the newest good file of history/")]);
  });
});
