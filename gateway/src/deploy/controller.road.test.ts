import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type DeployedGateways, startDeployed } from "../../test/deployed-gateways.ts";
import { type ScriptedUpstream, startUpstream } from "../../test/scripted-upstream.ts";
import type { DeploymentController } from "./controller.ts";
import { activeStack } from "./deployment-state.ts";

let stack: ScriptedUpstream;
let deployed: DeployedGateways;
let controller: DeploymentController;

beforeAll(async () => {
  stack = await startUpstream("either", {});
  deployed = await startDeployed({ blue: stack.port, green: stack.port }, 1);
  controller = deployed.controller();
  await controller.publish();
});

afterAll(async () => {
  await deployed?.[Symbol.asyncDispose]();
  await stack?.close();
});

const routesInUse = async () => (await controller.survey()).survey.map(({ answer }) => answer?.version);

describe("DeploymentController", () => {
  it("makes what held hold again where a gateway turns the routes down", async () => {
    const before = await controller.read();
    const former = await routesInUse();
    const file = join(deployed.folder, "routes", "routes.json");
    const routes = await readFile(file, "utf8");
    const { render } = deployed.options;
    const careless = deployed.controller({
      render: (situation) => (situation.announced === undefined ? render(situation) : { version: "bad", text: "{" }),
    });
    const url = deployed.gateways[0]?.adminUrl;
    await expect(careless.change({ verb: "announce", stack: "green" })).rejects.toMatchObject({
      code: "ROUTES_REJECTED",
      message: expect.stringContaining(`${url} has turned the routes of version ${before.version + 1} down`),
    });
    expect(await controller.read()).toMatchObject({
      version: before.version + 2,
      stacks: before.stacks,
      change: { verb: "revert", reason: `turned down by ${url}` },
    });
    expect([await readFile(file, "utf8"), await routesInUse()]).toEqual([routes, former]);
    // What it has turned down once is not held against what comes next.
    await controller.change({ verb: "announce", stack: "green" });
    await controller.change({ verb: "announce", stack: "blue" });
  });

  it("takes no rollback back, whatever the gateways make of it", async () => {
    const { render } = deployed.options;
    const careless = deployed.controller({
      confirmWithin: 0,
      render: (situation) => (activeStack(situation) === "green" ? render(situation) : { version: "bad", text: "{" }),
    });
    await controller.change({ verb: "promote", stack: "green" });
    await expect(careless.rollback("errors")).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(await controller.read()).toMatchObject({ stacks: { blue: "active" }, change: { verb: "rollback" } });
    await controller.publish();
  });

  it("makes a change that a gateway does not confirm, says who, and waits on where it is repeated", async () => {
    const replicas = [...deployed.settings.replicas, "http://127.0.0.1:1"];
    const doubtful = deployed.controller({ settings: { ...deployed.settings, replicas }, confirmWithin: 0 });
    const wish = { verb: "announce", stack: "green" } as const;
    const late = { code: "TIMEOUT", message: expect.stringContaining("http://127.0.0.1:1 does not answer") };
    await expect(doubtful.change(wish)).rejects.toMatchObject(late);
    const state = await controller.read();
    expect(state.announced).toBe("green");
    await expect(doubtful.change(wish)).rejects.toMatchObject(late);
    expect(await controller.change(wish)).toEqual({ before: state, state });
    await controller.change({ verb: "announce", stack: "blue" });
  });

  it("refuses a stack no work before every gateway is known to bring it none by itself", async () => {
    const replicas = ["http://127.0.0.1:1"];
    const doubtful = deployed.controller({ settings: { ...deployed.settings, replicas }, confirmWithin: 0 });
    const { version } = await controller.read();
    await expect(doubtful.change({ verb: "drain", stack: "green" })).rejects.toMatchObject({
      code: "TIMEOUT",
      message: `no drain before every gateway uses version ${version}: http://127.0.0.1:1 does not answer. Nothing was changed`,
    });
    expect((await controller.read()).version).toBe(version);
    // What is not to be is refused without a wait, and what is so already is not waited for.
    await expect(doubtful.change({ verb: "drain", stack: "blue" })).rejects.toMatchObject({
      code: "DEPLOYMENT_REFUSED",
    });
  });

  it("refuses a stack no work where somebody has changed the deployment since every gateway was heard", async () => {
    const { render } = deployed.options;
    let asked = 0;
    const admin = createServer(async (_, response) => {
      const { version } = render(await controller.read());
      asked += 1;
      if (asked === 2) {
        await controller.change({ verb: "announce", stack: "green" });
        await controller.change({ verb: "announce", stack: "blue" });
      }
      response.end(`http.gateway.rds.e6.version_text: "${version}"\n`);
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void admin.close());
    await once(admin, "listening");
    const address = admin.address();
    const replicas = [`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`];
    const slow = deployed.controller({ settings: { ...deployed.settings, replicas } });
    const { version } = await controller.read();
    await expect(slow.change({ verb: "drain", stack: "green" })).rejects.toMatchObject({
      code: "DEPLOYMENT_REFUSED",
      message: `version ${version} was meant, but somebody has made version ${version + 2} of it meanwhile`,
    });
  });

  it("tells who publishes routes that a gateway turns down what to do, for there is nothing to take back", async () => {
    const careless = deployed.controller({ render: () => ({ version: "bad", text: "{" }) });
    const { version } = await controller.read();
    await expect(careless.publish()).rejects.toMatchObject({
      code: "ROUTES_REJECTED",
      message: expect.stringContaining("Correct the configuration, and publish again"),
    });
    expect((await controller.publish()).state.version).toBe(version);
  });

  it("has gateways follow that a killed controller has told nothing", async () => {
    const killed = deployed.controller({
      onStep: (step) => {
        if (step === "record named") throw new Error("killed");
      },
    });
    const former = await routesInUse();
    await expect(killed.change({ verb: "promote", stack: "green" })).rejects.toThrow("killed");
    expect(await controller.read()).toMatchObject({ stacks: { green: "active" } });
    expect(await routesInUse()).toEqual(former);
    const { state } = await controller.publish();
    expect(state).toMatchObject({ stacks: { green: "active" } });
    expect(await routesInUse()).toEqual([deployed.options.render(state).version]);
    expect(await routesInUse()).not.toEqual(former);
    await controller.rollback("the end of the test");
  });
});
