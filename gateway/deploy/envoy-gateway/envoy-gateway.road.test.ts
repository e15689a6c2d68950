import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { ensureContainerTools } from "../../../scripts/setup/container-tools.mjs";
import { envoyVersion } from "../../../scripts/setup/envoy.mjs";
import { readConfigFile } from "../../src/config/config-file.ts";
import { allowedHeaders, exposedHeaders } from "../../src/cors.ts";
import { renderCommand } from "../../src/render/render-command.ts";
import { at, listAt } from "../test/json.ts";
import { readYaml, runTool } from "../test/run-tool.ts";

const { kubectl, pythonPath } = await ensureContainerTools();
// A copy: what is rendered belongs beside the configuration.
const folder = await mkdtemp(join(tmpdir(), "envoy-gateway-test-"));
afterAll(() => rm(folder, { recursive: true }));
await cp(fileURLToPath(new URL(".", import.meta.url)), folder, { recursive: true });
const config = join(folder, "gateway.json");
const reference = ["--envoy-gateway", "e6data/e6-gateway/https"];
await renderCommand(["--config", config, "--out", join(folder, "rendered"), ...reference], () => undefined);
const settings = await readConfigFile(config);
const resources = await readYaml(await runTool(kubectl, ["kustomize", folder]), pythonPath);
const the = (kind: string) => {
  const [found, ...others] = resources.filter((resource) => at(resource, "kind") === kind);
  expect(others, kind).toEqual([]);
  return found;
};

describe("the resources for Envoy Gateway", () => {
  it("name each other as they are named", () => {
    const names = resources
      .filter((resource) => at(resource, "kind") !== "Backend")
      .map((one) => at(one, "metadata", "name"));
    expect(new Set(names)).toEqual(new Set(["e6-gateway"]));
    const policies = ["ClientTrafficPolicy", "BackendTrafficPolicy", "SecurityPolicy"].map(the);
    const targets = policies.flatMap((policy) => listAt(policy, "spec", "targetRefs"));
    expect(targets.map((target) => at(target, "name"))).toEqual(["e6-gateway", "e6-gateway", "e6-gateway"]);
    expect(at(the("Gateway"), "spec", "gatewayClassName")).toBe("e6-gateway");
  });

  it("run the tested Envoy, with the configuration's workers", () => {
    const proxy = at(the("EnvoyProxy"), "spec");
    const container = at(proxy, "provider", "kubernetes", "envoyDeployment", "container");
    expect(at(container, "image")).toBe(`envoyproxy/envoy:v${envoyVersion}`);
    expect(at(proxy, "concurrency")).toBe(settings.concurrency);
  });

  it("let pages send and read the gateway's own headers, from the configuration's origins", () => {
    expect(at(the("SecurityPolicy"), "spec", "cors")).toEqual({
      allowOrigins: settings.listener.origins,
      allowMethods: ["POST"],
      allowHeaders: allowedHeaders,
      exposeHeaders: exposedHeaders,
      maxAge: "7200s",
    });
  });

  it("wait and count as the configuration does", () => {
    const { timeouts, limits } = settings;
    const seconds = (milliseconds: number) => `${milliseconds / 1000}s`;
    expect(at(the("BackendTrafficPolicy"), "spec")).toMatchObject({
      timeout: {
        tcp: { connectTimeout: seconds(timeouts.connect) },
        http: { maxStreamDuration: seconds(timeouts.call) },
      },
      requestBuffer: { limit: `${limits.requestBody / 1024}Ki` },
      circuitBreaker: {
        maxConnections: limits.connectionsPerStack,
        maxPendingRequests: limits.waitingPerStack,
        maxParallelRequests: limits.callsPerStack,
      },
    });
    expect(at(the("ClientTrafficPolicy"), "spec")).toMatchObject({
      connection: { connectionLimit: { value: limits.connections } },
      http2: { maxConcurrentStreams: limits.callsPerConnection },
      timeout: {
        http: {
          requestReceivedTimeout: seconds(timeouts.request),
          idleTimeout: seconds(timeouts.idleConnection),
          streamIdleTimeout: seconds(timeouts.silence),
        },
      },
    });
  });

  it("lead to the configuration's stacks", () => {
    const endpoints = resources
      .filter((resource) => at(resource, "kind") === "Backend")
      .map((backend) => [at(backend, "metadata", "name"), at(backend, "spec", "endpoints", 0, "fqdn")]);
    const { blue, green } = settings.stacks;
    const fqdn = ({ host, port }: { readonly host: string; readonly port: number }) => ({ hostname: host, port });
    expect(endpoints).toEqual([
      ["blue", blue.addresses.map(fqdn)[0]],
      ["green", green.addresses.map(fqdn)[0]],
    ]);
  });

  it("patch in what they cannot say: our filters around gRPC-Web's, Envoy's own errors, the gate's routes", () => {
    const patches = listAt(the("EnvoyPatchPolicy"), "spec", "jsonPatches");
    expect(patches.map((patch) => at(patch, "name"))).toEqual(patches.map(() => "e6data/e6-gateway/https"));
    const filterAt = (name: string) => `http_filters[?(@.name=='envoy.filters.http.${name}')]`;
    const placed = (name: string) =>
      patches
        .filter((patch) => String(at(patch, "operation", "jsonPath")).endsWith(filterAt(name)))
        .map((patch) => at(patch, "operation", "value", "name"));
    expect(placed("grpc_web")).toEqual(["e6.error_map"]);
    expect(placed("router")).toContain("e6.state_gate");
    const paths = patches.map((patch) => at(patch, "operation", "path")).filter((path) => path !== undefined);
    expect(paths).toEqual(expect.arrayContaining(["/local_reply_config", "/virtual_hosts/0/routes/-"]));
    const last = patches.find((patch) => at(patch, "operation", "path") === "/virtual_hosts/0/routes/-");
    expect(at(last, "operation", "value")).toMatchObject({ name: "gate.unknownMethod" });
    expect(listAt(last, "operation", "value", "match", "headers")).toEqual([]);
  });
});

describe("render --envoy-gateway", () => {
  it.each([
    [["--envoy-gateway", "e6-gateway"], '--envoy-gateway is "e6-gateway": give NAMESPACE/NAME/LISTENER of a Gateway'],
    [[...reference, "--active", "red"], '--active is "red": give blue or green'],
  ])("refuses %j", async (args, message) => {
    const failure = renderCommand(["--config", config, "--out", folder, ...args], () => undefined);
    await expect(failure).rejects.toThrow(message);
  });
});
