import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ensureContainerTools } from "../../../scripts/setup/container-tools.mjs";
import { readConfigFile } from "../../src/config/config-file.ts";
import { runGateway } from "../../src/gateway.ts";
import { annotationsOf, type FakeKubernetes, startFakeKubernetes } from "../test/fake-kubernetes.ts";

const execute = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const routes = '{"version_info":"0123456789abcdef","resources":[]}';

let kubectl: string;
beforeAll(async () => {
  ({ kubectl } = await ensureContainerTools());
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "kubernetes-test-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

describe("publish.sh", () => {
  async function publish(server: FakeKubernetes, content: string): Promise<{ stdout: string; stderr: string }> {
    const path = await folder();
    const [file, config] = [join(path, "routes.json"), join(path, "config")];
    await writeFile(file, content);
    await writeFile(
      config,
      JSON.stringify({
        "current-context": "test",
        clusters: [{ name: "test", cluster: { server: server.url } }],
        contexts: [{ name: "test", context: { cluster: "test", user: "" } }],
      }),
    );
    const env = { PATH: [dirname(kubectl), process.env["PATH"]].join(delimiter), KUBECONFIG: config, HOME: path };
    return await execute("bash", [here("./publish.sh"), file], { env, timeout: 30_000 });
  }

  it("puts the routes into the ConfigMap, and has every gateway's kubelet look at once", async () => {
    await using server = await startFakeKubernetes(["e6-gateway-a", "e6-gateway-b"]);
    await publish(server, routes);
    const [map, ...pods] = server.changes;
    expect(map).toMatchObject({
      path: "/api/v1/namespaces/e6data/configmaps/e6-gateway-routes",
      manager: "e6-deploy",
      body: { kind: "ConfigMap", data: { "routes.json": routes } },
    });
    expect(pods.map(({ path }) => path.split("/").at(-1))).toEqual(["e6-gateway-a", "e6-gateway-b"]);
    for (const pod of pods) {
      expect(annotationsOf(pod)).toEqual({ "e6data.com/routes": "0123456789abcdef" });
    }
  });

  it("is content where no gateway runs yet", async () => {
    await using server = await startFakeKubernetes([]);
    await publish(server, routes);
    expect(server.changes).toHaveLength(1);
  });

  it("hands on nothing that is no file of routes", async () => {
    await using server = await startFakeKubernetes(["e6-gateway-a"]);
    const failure = publish(server, "{}");
    await expect(failure).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("is no file of routes\n") });
    expect(server.changes).toEqual([]);
  });
});

describe("with-gateways.sh", () => {
  async function withGateways(
    pods: Readonly<Record<string, string>>,
    args: readonly string[],
  ): Promise<{ readonly stdout: string; readonly asked: readonly string[] }> {
    const path = await folder();
    await symlink(here("../test/fake-kubectl.sh"), join(path, "kubectl"));
    const log = join(path, "log");
    const env = {
      PATH: [path, process.env["PATH"]].join(delimiter),
      FAKE_PODS: Object.entries(pods)
        .map(([name, url]) => `${name}=${new URL(url).port}`)
        .join(" "),
      FAKE_LOG: log,
    };
    const { stdout } = await execute("bash", [here("./with-gateways.sh"), ...args], { env, timeout: 60_000 });
    return { stdout, asked: (await readFile(log, "utf8")).trim().split("\n") };
  }

  it("asks every gateway by a port of its own, and leaves no port behind", async () => {
    const path = await folder();
    const config = join(path, "gateway.json");
    const stack = { addresses: [{ port: 1 }], healthCheck: { kind: "none" } };
    const content = {
      stacks: { blue: stack, green: stack },
      listener: { port: 0, origins: [] },
      admin: { port: 0 },
      deployment: { folder: "deployment", replicas: ["http://127.0.0.1:1"] },
      concurrency: 1,
    };
    await writeFile(config, JSON.stringify(content));
    const settings = await readConfigFile(config);
    await using first = await runGateway(settings, {});
    await using second = await runGateway(settings, {});
    const pods = { "e6-gateway-a": first.adminUrl, "e6-gateway-b": second.adminUrl };
    const { stdout, asked } = await withGateways(pods, ["announce", "green", "--config", config, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ isChanged: true, state: { version: 2, announced: "green" } });
    expect(asked).toEqual([
      "--namespace e6data get pods --selector=app.kubernetes.io/name=e6-gateway --field-selector=status.phase=Running --output=name",
      "--namespace e6data port-forward --address=127.0.0.1 pod/e6-gateway-a :9901",
      "--namespace e6data port-forward --address=127.0.0.1 pod/e6-gateway-b :9901",
      "ended kubectl",
      "ended kubectl",
    ]);
    const status = await withGateways(pods, ["--namespace", "other", "status", "--config", config, "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({
      gateways: [
        { url: first.adminUrl, isUpToDate: true },
        { url: second.adminUrl, isUpToDate: true },
      ],
    });
    expect(status.asked[0]).toMatch(/^--namespace other get pods /);
  });

  it("changes nothing where no gateway runs", async () => {
    const failure = withGateways({}, ["rollback", "--config", "none.json"]);
    await expect(failure).rejects.toMatchObject({
      code: 2,
      stderr: "with-gateways.sh: no gateway runs in namespace e6data\n",
    });
  });
});
