import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { ensureContainerTools, kubernetesVersion } from "../../../scripts/setup/container-tools.mjs";
import { envoyVersion } from "../../../scripts/setup/envoy.mjs";
import { readConfigFile } from "../../src/config/config-file.ts";
import type { GatewaySettings } from "../../src/config/settings.ts";
import { renderCommand } from "../../src/render/render-command.ts";
import { renderedFiles } from "../../src/render/rendered-files.ts";
import { runFiles } from "../../src/run-files.ts";
import { at, keysIn, listAt, textsIn } from "../test/json.ts";
import { readYaml, runTool } from "../test/run-tool.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Where the files are in a pod. */
const inPod = "/etc/e6-gateway";

const { kubectl, pythonPath } = await ensureContainerTools();
// A copy: what is rendered belongs beside the configuration.
const copy = await mkdtemp(join(tmpdir(), "kubernetes-test-"));
afterAll(() => rm(copy, { recursive: true }));
await cp(here(".."), copy, { recursive: true });
const overlays = await readdir(join(copy, "kubernetes", "overlays"));

/** The oldest Kubernetes that every field is known to, and the newest whose schemas are there. */
const versions = ["1.31", kubernetesVersion];

interface Overlay {
  readonly name: string;
  readonly yaml: string;
  readonly resources: readonly unknown[];
  readonly settings: GatewaySettings;
}

async function build(name: string): Promise<Overlay> {
  const folder = join(copy, "kubernetes", "overlays", name);
  const config = join(folder, "gateway.json");
  await renderCommand(["--config", config, "--out", join(folder, "rendered"), "--at", inPod], () => undefined);
  const yaml = await runTool(kubectl, ["kustomize", folder]);
  return { name, yaml, resources: await readYaml(yaml, pythonPath), settings: await readConfigFile(config) };
}

const built = await Promise.all(overlays.map(build));

const ofKind = ({ resources }: Overlay, kind: string) => resources.filter((resource) => at(resource, "kind") === kind);
const theOnly = (overlay: Overlay, kind: string) => {
  const [first, ...others] = ofKind(overlay, kind);
  expect(others, kind).toEqual([]);
  return first;
};
const podOf = (overlay: Overlay) => at(theOnly(overlay, "Deployment"), "spec", "template", "spec");
const envoyOf = (overlay: Overlay) => at(podOf(overlay), "containers", 0);
const envOf = (overlay: Overlay, name: string) =>
  Number(
    at(
      listAt(envoyOf(overlay), "env").find((entry) => at(entry, "name") === name),
      "value",
    ),
  );

/** The ConfigMap that the pod mounts under that name of a volume. */
function mountedData(overlay: Overlay, volume: string): unknown {
  const source = listAt(podOf(overlay), "volumes").find((entry) => at(entry, "name") === volume);
  const name = at(source, "configMap", "name");
  return at(
    ofKind(overlay, "ConfigMap").find((map) => at(map, "metadata", "name") === name),
    "data",
  );
}

describe.each(built.map((overlay) => [overlay.name, overlay] as const))("overlay %s", (name, overlay) => {
  it.each(versions)("fits the schemas of Kubernetes %s, to the field", async (version) => {
    const file = join(copy, `${name}-${version}.yaml`);
    await writeFile(file, overlay.yaml);
    const program = ["-m", "kubernetes_validate", "--strict", "--no-warn", "-k", version, file];
    const verdicts = (await runTool("python3", program, { PYTHONPATH: pythonPath })).trim().split("\n");
    expect(verdicts).toHaveLength(overlay.resources.length);
    expect(verdicts.filter((verdict) => !verdict.includes(" passed "))).toEqual([]);
  });

  it("holds the files that its configuration is rendered to", () => {
    const [bootstrap, ...secrets] = renderedFiles(overlay.settings, inPod);
    expect(mountedData(overlay, "bootstrap")).toEqual({ "bootstrap.json": bootstrap?.text });
    const names = secrets.map(({ path, text }) => [path.replace("secrets/", ""), text] as const);
    expect(mountedData(overlay, "secrets")).toEqual(secrets.length === 0 ? undefined : Object.fromEntries(names));
  });

  it("mounts every file that Envoy will look for, and none by a subPath", () => {
    const mounts = listAt(envoyOf(overlay), "volumeMounts").map((mount) => String(at(mount, "mountPath")));
    const files = runFiles(inPod);
    const rendered = renderedFiles(overlay.settings, inPod).flatMap(({ text }) => textsIn(JSON.parse(text)));
    const wanted = rendered.filter((text) => text.startsWith(`${inPod}/`));
    expect(wanted).toContain(files.routes);
    expect(wanted).toContain(files.routesDir);
    for (const path of wanted) {
      expect(
        [path, dirname(path)].some((folder) => mounts.includes(folder)),
        path,
      ).toBe(true);
    }
    expect(keysIn(podOf(overlay))).not.toContain("subPath");
    const args = listAt(envoyOf(overlay), "args");
    expect(mounts).toContain(dirname(String(args[args.indexOf("--config-path") + 1])));
  });

  it("leaves the routes to the deployment tool", async () => {
    const [publish = ""] = overlay.settings.deployment?.publish ?? [];
    expect(await readdir(here("."))).toContain(basename(publish));
    // Programs of the configuration start from the root of the checkout.
    expect(dirname(publish)).toBe("gateway/deploy/kubernetes");
    const names = ofKind(overlay, "ConfigMap").map((map) => at(map, "metadata", "name"));
    expect(names).not.toContain("e6-gateway-routes");
    const routes = listAt(podOf(overlay), "volumes").find((volume) => at(volume, "name") === "routes");
    expect(at(routes, "configMap")).toEqual({ name: "e6-gateway-routes" });
  });

  it("runs the tested Envoy, with as many workers as the configuration says and CPUs are asked for", () => {
    const { concurrency } = overlay.settings;
    const envoy = envoyOf(overlay);
    const args = listAt(envoy, "args");
    expect(at(envoy, "image")).toBe(`envoyproxy/envoy:v${envoyVersion}`);
    expect(args[args.indexOf("--concurrency") + 1]).toBe(String(concurrency));
    expect(at(envoy, "resources", "requests", "cpu")).toBe(String(concurrency));
    expect(args).toContain("--reject-unknown-dynamic-fields");
  });

  it("refuses calls for want of memory before the system ends the pod: a quarter of it stays for what runs by then", () => {
    const { memory = Number.POSITIVE_INFINITY } = overlay.settings.limits;
    expect(at(envoyOf(overlay), "resources", "limits", "memory")).toBe("1Gi");
    expect(memory).toBeLessThanOrEqual(0.75 * 1024 ** 3);
  });

  it("has the same ports in the configuration, the pod, its services, probes and policy", () => {
    const { listener, observability } = overlay.settings;
    expect(listAt(envoyOf(overlay), "ports")).toEqual([
      { name: "grpc-web", containerPort: listener.port },
      { name: "metrics", containerPort: observability.metrics?.port },
    ]);
    expect(listener.host).toBe("0.0.0.0");
    expect(observability).toMatchObject({ logs: { to: "stdout" }, metrics: { host: "0.0.0.0" } });
    const targets = ofKind(overlay, "Service").flatMap((service) => listAt(service, "spec", "ports"));
    expect(targets.map((port) => at(port, "targetPort")).toSorted()).toEqual(["grpc-web", "metrics"]);
    const inbound = listAt(theOnly(overlay, "NetworkPolicy"), "spec", "ingress").flatMap((rule) =>
      listAt(rule, "ports"),
    );
    expect(inbound).toEqual([{ port: "grpc-web" }, { port: "metrics" }]);
    for (const probe of ["startupProbe", "readinessProbe"]) {
      expect(at(envoyOf(overlay), probe, "httpGet")).toEqual({ path: "/ready", port: "metrics" });
    }
  });

  it("lets each stack be called", () => {
    const { blue, green } = overlay.settings.stacks;
    const outbound = listAt(theOnly(overlay, "NetworkPolicy"), "spec", "egress").flatMap((rule) =>
      listAt(rule, "ports"),
    );
    for (const { port } of [...blue.addresses, ...green.addresses]) {
      expect(outbound).toContainEqual({ port });
    }
  });

  it("gives a gateway that goes the time of the longest call", () => {
    const longest = overlay.settings.timeouts.call / 1000;
    expect(envOf(overlay, "DRAIN_MAX")).toBeGreaterThanOrEqual(longest + envOf(overlay, "DRAIN_MIN"));
    expect(at(podOf(overlay), "terminationGracePeriodSeconds")).toBeGreaterThan(envOf(overlay, "DRAIN_MAX"));
    expect(overlay.settings.admin).toEqual({ host: "127.0.0.1", port: 9901, allowDrain: true });
    const script = listAt(envoyOf(overlay), "lifecycle", "preStop", "exec", "command");
    expect(script).toEqual(["bash", `${inPod}/scripts/drain.sh`]);
    expect(mountedData(overlay, "scripts")).toHaveProperty(["drain.sh"]);
    expect(mountedData(overlay, "scripts")).toHaveProperty(["admin.sh"]);
  });

  it("lets Envoy write nothing, gain nothing, be no root, and ask Kubernetes nothing", () => {
    expect(at(podOf(overlay), "securityContext")).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(at(envoyOf(overlay), "securityContext")).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(at(podOf(overlay), "automountServiceAccountToken")).toBe(false);
    expect(at(theOnly(overlay, "ServiceAccount"), "metadata", "name")).toBe(at(podOf(overlay), "serviceAccountName"));
  });

  it("selects its own pods, and scales them itself", () => {
    const deployment = theOnly(overlay, "Deployment");
    const labels = at(deployment, "spec", "template", "metadata", "labels");
    const selectors = [
      at(deployment, "spec", "selector", "matchLabels"),
      at(theOnly(overlay, "PodDisruptionBudget"), "spec", "selector", "matchLabels"),
      at(theOnly(overlay, "NetworkPolicy"), "spec", "podSelector", "matchLabels"),
      ...ofKind(overlay, "Service").map((service) => at(service, "spec", "selector")),
      ...listAt(podOf(overlay), "topologySpreadConstraints").map((rule) => at(rule, "labelSelector", "matchLabels")),
    ];
    expect(selectors).toHaveLength(7);
    for (const selector of selectors) {
      expect(labels).toMatchObject({ ...Object(selector) });
      expect(selector).toEqual({ "app.kubernetes.io/name": "e6-gateway" });
    }
    expect(at(deployment, "spec")).not.toHaveProperty("replicas");
    expect(at(theOnly(overlay, "HorizontalPodAutoscaler"), "spec", "scaleTargetRef", "name")).toBe(
      at(deployment, "metadata", "name"),
    );
  });
});
