import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectRaw } from "../test/raw-call.ts";
import { type Script, type ScriptedUpstream, startUpstream } from "../test/scripted-upstream.ts";
import { type Gateway, startGateway } from "./gateway.ts";

const stack = new AsyncDisposableStack();
const probe = "/QueryEngineService/gatewayProbe";
let one: ScriptedUpstream;
let two: ScriptedUpstream;

beforeAll(async () => {
  one = stack.use(await startUpstream("one", {}));
  two = stack.use(await startUpstream("two", {}));
});

afterAll(() => stack.disposeAsync());

/** A port where nobody listens. */
async function deadPort(): Promise<number> {
  await using upstream = await startUpstream("gone", {});
  return upstream.port;
}

function start(ports: readonly number[], healthCheck: object = { kind: "none" }, host?: string): Promise<Gateway> {
  const addresses = ports.map((port) => ({ host, port }));
  const blue = { addresses, healthCheck: { interval: "100ms", timeout: "1s", failures: 1, ...healthCheck } };
  return startGateway({
    config: {
      stacks: { blue, green: { addresses: [{ port: two.port }] } },
      listener: { port: 0, origins: [] },
      admin: { port: 0 },
      concurrency: 1,
    },
  });
}

/** Who answers each of so many calls at once, or why nobody does. */
async function outcomesOf({ url }: Gateway, count: number): Promise<readonly string[]> {
  await using raw = await connectRaw(url);
  const headers = {
    ":path": "/QueryEngineService/status",
    "content-type": "application/grpc-web+proto",
    strategy: "blue",
  };
  const answers = await Promise.all(Array.from({ length: count }, () => raw.call(headers)));
  return answers.map((answer) => String(answer.headers["x-e6-reason"] ?? answer.headers["x-upstream"]));
}

/** What Envoy has counted of the blue stack. */
async function statistic({ adminUrl }: Gateway, name: string): Promise<number> {
  const text = await (await fetch(`${adminUrl}/stats?filter=^cluster.e6_blue.${name}$`)).text();
  return Number(/: (\d+)\n$/.exec(text)?.[1]);
}

const answering =
  (status: number): Script =>
  (stream) =>
    stream.respond({ ":status": status }, { endStream: true });

describe("the addresses of a stack", () => {
  it("share its calls", async () => {
    await using gateway = await start([one.port, two.port]);
    expect(new Set(await outcomesOf(gateway, 50))).toEqual(new Set(["one", "two"]));
  });

  it("may be names", async () => {
    await using gateway = await start([one.port], { kind: "none" }, "localhost");
    expect(await outcomesOf(gateway, 3)).toEqual(["one", "one", "one"]);
  });

  it("stand in for one that is dead: no call fails", async () => {
    await using gateway = await start([await deadPort(), one.port]);
    expect(new Set(await outcomesOf(gateway, 50))).toEqual(new Set(["one"]));
    // It is left alone for a while.
    expect(await statistic(gateway, "outlier_detection.ejections_active")).toBe(1);
  });

  it("stay in use whatever they answer: that a cluster is suspended is no fault of an address", async () => {
    const status = "/QueryEngineService/status";
    await using suspended = await startUpstream("suspended", { [status]: answering(503) });
    await using gateway = await start([suspended.port, one.port]);
    const both = new Set(["CLUSTER_SUSPENDED", "one"]);
    expect(new Set(await outcomesOf(gateway, 50))).toEqual(both);
    expect(new Set(await outcomesOf(gateway, 50))).toEqual(both);
    expect(await statistic(gateway, "outlier_detection.ejections_active")).toBe(0);
  });
});

describe("a health check", () => {
  it.each(["tcp", "grpc"])("by %s keeps calls from an address that is dead", async (kind) => {
    await using gateway = await start([await deadPort()], { kind });
    expect(await outcomesOf(gateway, 1)).toEqual(["NO_HEALTHY_UPSTREAM"]);
    expect(await statistic(gateway, "membership_healthy")).toBe(0);
  });

  it.each([200, 456, 503])("by grpc takes HTTP %i for a sign of life", async (status) => {
    await using live = await startUpstream("live", { [probe]: answering(status) });
    await using gateway = await start([live.port], { kind: "grpc" });
    expect(await outcomesOf(gateway, 1)).toEqual(["live"]);
    expect(live.calls.find(({ ":path": path }) => path === probe)).toMatchObject({
      ":method": "POST",
      "content-type": "application/grpc",
      te: "trailers",
      strategy: "blue",
    });
  });

  it.each([500, 502, 504])("by grpc takes HTTP %i for none", async (status) => {
    await using broken = await startUpstream("broken", { [probe]: answering(status) });
    await using gateway = await start([broken.port], { kind: "grpc" });
    expect(await outcomesOf(gateway, 1)).toEqual(["NO_HEALTHY_UPSTREAM"]);
  });

  it("brings an address back that lives again", async () => {
    let status = 500;
    await using sick = await startUpstream("sick", { [probe]: (...args) => answering(status)(...args) });
    await using gateway = await start([sick.port], { kind: "grpc" });
    expect(await outcomesOf(gateway, 1)).toEqual(["NO_HEALTHY_UPSTREAM"]);
    status = 200;
    // The next check finds it out: the test's own time-out is the limit.
    while ((await outcomesOf(gateway, 1))[0] !== "sick");
  });
});
