import { type Mock, startMock } from "@e6data-web/mock";
import type { Strategy } from "e6data-web/headers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeployedGateways, startDeployed } from "../../test/deployed-gateways.ts";
import { readObject } from "../config/reader.ts";
import { readWatch } from "../config/watch.ts";
import type { DeploymentController } from "../deploy/controller.ts";
import { activeStack } from "../deploy/deployment-state.ts";
import { countOf } from "./histogram.ts";
import { readTally } from "./read-tally.ts";
import { type ScrapeResult, scrapeGateways } from "./scrape-gateways.ts";
import { DeploymentWatch } from "./watch-deployment.ts";
import type { WatchEvent } from "./watch-event.ts";

/** Calls of one window. */
const callsPerWindow = 120;

let mock: Mock;
let deployed: DeployedGateways;
let controller: DeploymentController;

beforeAll(async () => {
  mock = await startMock();
  deployed = await startDeployed({ blue: mock.blue.port, green: mock.green.port }, 1);
  controller = deployed.controller();
});

/** Each test begins with blue active, and green announced and about to be promoted. */
beforeEach(async () => {
  mock.control.clearFaults();
  await controller.change({ verb: "announce", stack: activeStack(await controller.read()) });
  await controller.change({ verb: "promote", stack: "blue" });
  await controller.change({ verb: "announce", stack: "green" });
  mock.control.switch("blue");
});

afterAll(async () => {
  await deployed?.[Symbol.asyncDispose]();
  await mock?.close();
});

const gatewayUrl = () => deployed.gateways[0]?.adminUrl ?? "";

/** A watch over the deployment whose windows are as long as it takes to make their calls: time passes between them. */
class Demonstration {
  readonly events: WatchEvent[] = [];
  readonly #watch: DeploymentWatch;
  readonly #isTimed: boolean;
  #seconds = 0;

  constructor(config: object = {}, scrape = () => scrapeGateways([gatewayUrl()], 5000)) {
    const times = { interval: "1s", window: "1s", longestWindow: "1s", deadline: "10s" };
    const wanted = { ...times, checks: ["errorRate", "mismatchRate", "abandonedRate"], passes: 3, ...config };
    const settings = readObject(wanted, { path: "watch", folder: "/" }, readWatch);
    this.#isTimed = settings.checks.includes("p99.new");
    this.#watch = new DeploymentWatch({
      settings,
      deployment: controller,
      scrape,
      clock: { now: () => this.#seconds * 1000, sleep: async () => undefined },
      onEvent: (event) => this.events.push(event),
    });
  }

  /** The calls of one window, all to one stack; and a look at what Envoy has counted. */
  async window(stack: Strategy, calls = callsPerWindow): Promise<void> {
    if (calls > 0) {
      await makeCalls(stack, calls, this.#isTimed);
    }
    this.#seconds += 1;
    await this.#watch.look();
  }

  get names(): readonly string[] {
    return this.events.map((event) => (event.event === "window" ? `window ${event.verdict}` : event.event));
  }
}

const web = { ":path": "/QueryEngineService/healthCheck", "content-type": "application/grpc-web+proto" };

/**
 * Makes calls by gRPC-Web, and waits until Envoy has counted them all, and if that is wanted, until it knows how long they took: it puts
 * its histograms together once in a second.
 */
async function makeCalls(stack: Strategy, calls: number, isTimed: boolean): Promise<void> {
  const before = await counted(stack);
  const answers = await Promise.all(
    Array.from({ length: calls }, () => deployed.connections[0]?.call({ ...web, strategy: stack })),
  );
  const timed = isTimed ? answers.filter((answer) => answer?.headers["grpc-status"] === undefined).length : 0;
  for (;;) {
    const now = await counted(stack);
    if (now.calls - before.calls >= calls && now.measured - before.measured >= timed) {
      return;
    }
  }
}

async function counted(stack: Strategy): Promise<{ calls: number; measured: number }> {
  const { scrapes } = await scrapeGateways([gatewayUrl()], 5000);
  const { calls, latency } = readTally(scrapes.get(gatewayUrl()) ?? new Map(), stack, []);
  return { calls, measured: countOf(latency.new) };
}

/** Green becomes active, at the gateway and in the engine. */
async function promote(): Promise<number> {
  const { state } = await controller.change({ verb: "promote", stack: "green" });
  mock.control.switch("green");
  return state.version;
}

describe("watch, with Envoy before the mock", () => {
  it("takes a new stack back within two windows that fails a fifth of its calls", async () => {
    const demonstration = new Demonstration();
    await demonstration.window("blue");
    const version = await promote();
    mock.control.faults([{ rpc: "healthCheck", stack: "green", every: 5, form: "unavailable-503" }]);
    await demonstration.window("blue", 0);
    await demonstration.window("green");
    await demonstration.window("green");
    expect(demonstration.names.slice(1)).toEqual(["promoted", "window fail", "window fail", "failed", "rolled-back"]);
    const state = await controller.read();
    expect(state).toMatchObject({ version: version + 1, stacks: { blue: "active", green: "standby" } });
    expect(state.change).toMatchObject({
      verb: "rollback",
      reason:
        "green (promoted) has failed 2 of 2 windows: errorRate 20 % of 120 calls (limit 5 %, blue 0 % before the watch)",
    });
    // The former stack is still warm: new work is there at once.
    mock.control.switch("blue");
    const answer = await deployed.connections[0]?.call(web);
    expect(answer?.headers["grpc-status"]).toBeUndefined();
    expect(mock.control.calls().at(-1)).toMatchObject({ stack: "blue" });
  });

  it("takes a new stack back whose slowest calls take five times as long", async () => {
    // So long that it counts for little how busy the machine is.
    mock.control.faults([{ rpc: "healthCheck", stack: "blue", every: 10, delayMs: 600 }]);
    mock.control.faults([{ rpc: "healthCheck", stack: "green", every: 10, delayMs: 3000 }]);
    const demonstration = new Demonstration({ checks: ["errorRate", "p99.new"] });
    await demonstration.window("blue");
    await promote();
    await demonstration.window("blue", 0);
    await demonstration.window("green");
    await demonstration.window("green");
    expect(demonstration.names.slice(1)).toEqual(["promoted", "window fail", "window fail", "failed", "rolled-back"]);
    expect(demonstration.events.at(-1)).toMatchObject({
      reason: expect.stringMatching(/: p99\.new \d+ ms of 120 calls/),
    });
    expect(activeStack(await controller.read())).toBe("blue");
  });

  it("lets a good new stack pass", async () => {
    const checks = ["errorRate", "mismatchRate", "abandonedRate", "p50.new", "p99.new"];
    const demonstration = new Demonstration({ checks, p50: { atLeast: "10s" }, p99: { atLeast: "10s" } });
    await demonstration.window("blue");
    await promote();
    await demonstration.window("blue", 0);
    for (let number = 0; number < 3; number += 1) {
      await demonstration.window("green");
    }
    expect(demonstration.names.slice(1)).toEqual(["promoted", ...new Array(3).fill("window pass"), "passed"]);
    expect(activeStack(await controller.read())).toBe("green");
  });

  it("lets the release pass that was put right after it was taken back", async () => {
    const demonstration = new Demonstration();
    await promote();
    mock.control.faults([{ rpc: "healthCheck", stack: "green", every: 2, form: "unavailable-503" }]);
    await demonstration.window("green", 0);
    await demonstration.window("green");
    await demonstration.window("green");
    expect(demonstration.names.at(-1)).toBe("rolled-back");
    mock.control.clearFaults();
    await controller.change({ verb: "announce", stack: "green" });
    await demonstration.window("green", 0);
    await promote();
    await demonstration.window("green", 0);
    for (let number = 0; number < 3; number += 1) {
      await demonstration.window("green");
    }
    expect(demonstration.names.slice(-6)).toEqual([
      "announced",
      "promoted",
      ...new Array(3).fill("window pass"),
      "passed",
    ]);
  });

  it("takes a stack back once, also where two watch", async () => {
    const [one, other] = [new Demonstration(), new Demonstration()];
    const version = await promote();
    mock.control.faults([{ rpc: "healthCheck", stack: "green", every: 2, form: "unavailable-503" }]);
    await Promise.all([one.window("green", 0), other.window("green", 0)]);
    for (let number = 0; number < 2; number += 1) {
      await makeCalls("green", callsPerWindow, false);
      await Promise.all([one.window("green", 0), other.window("green", 0)]);
    }
    await Promise.all([one.window("blue", 0), other.window("blue", 0)]);
    expect(await controller.read()).toMatchObject({ version: version + 1, stacks: { blue: "active" } });
    expect([one.names.at(-1), other.names.at(-1)]).toEqual(["ended", "ended"]);
  });

  it("calls the announcement off of a stack that fails those who are there already", async () => {
    const demonstration = new Demonstration();
    mock.control.switch("green");
    mock.control.faults([{ rpc: "healthCheck", stack: "green", every: 4, form: "reset-answer" }]);
    await demonstration.window("blue", 0);
    await demonstration.window("green");
    await demonstration.window("green");
    expect(demonstration.names).toEqual(["announced", "window fail", "window fail", "failed", "rolled-back"]);
    expect(await controller.read()).toMatchObject({
      announced: undefined,
      stacks: { blue: "active", green: "standby" },
    });
  });

  it("takes a new stack back that refuses the work which the gateway brings it", async () => {
    const demonstration = new Demonstration();
    await controller.change({ verb: "promote", stack: "green" });
    await demonstration.window("blue", 0);
    await demonstration.window("green");
    await demonstration.window("green");
    expect(demonstration.events.at(-1)).toMatchObject({
      event: "rolled-back",
      reason: expect.stringContaining("mismatchRate 100 % of 120 calls"),
    });
  });

  it("takes a new stack back that cannot be reached, and counts each call once, however often it was tried", async () => {
    const demonstration = new Demonstration();
    await promote();
    await demonstration.window("blue", 0);
    await mock.control.setStack("green", { up: false });
    await demonstration.window("green");
    await demonstration.window("green");
    await mock.control.setStack("green", { up: true });
    expect(demonstration.events.at(-1)).toMatchObject({
      event: "rolled-back",
      reason: expect.stringContaining("errorRate 100 % of 120 calls"),
    });
  });

  it("does not blame a stack for a cluster that is suspended", async () => {
    const demonstration = new Demonstration();
    await promote();
    await demonstration.window("green", 0);
    mock.control.suspend();
    await demonstration.window("green");
    await demonstration.window("green");
    mock.control.resume();
    expect(new Set(demonstration.names)).toEqual(new Set(["promoted", "window inconclusive"]));
  });

  it("ends inconclusive without calls, and changes nothing", async () => {
    const demonstration = new Demonstration();
    const version = await promote();
    for (let number = 0; number <= 11; number += 1) {
      await demonstration.window("green", 0);
    }
    expect(new Set(demonstration.names)).toEqual(new Set(["promoted", "window inconclusive", "inconclusive"]));
    expect((await controller.read()).version).toBe(version);
  });

  it("ends inconclusive without numbers, however bad the calls are", async () => {
    const nobody = (): Promise<ScrapeResult> => scrapeGateways(["http://127.0.0.1:9"], 5000);
    const demonstration = new Demonstration({}, nobody);
    const version = await promote();
    mock.control.faults([{ rpc: "healthCheck", stack: "green", every: 1, form: "unavailable-503" }]);
    for (let number = 0; number <= 11; number += 1) {
      await demonstration.window("green", 10);
    }
    expect(new Set(demonstration.names)).toEqual(
      new Set(["gateway-silent", "promoted", "window inconclusive", "inconclusive"]),
    );
    expect((await controller.read()).version).toBe(version);
  });

  it("does not swing: one bad window among good ones is borne, the second takes the stack back, once and for all", async () => {
    const demonstration = new Demonstration({ passes: 100, deadline: "100s" });
    const version = await promote();
    await demonstration.window("green", 0);
    const bad = async () => {
      mock.control.faults([{ rpc: "healthCheck", stack: "green", every: 3, form: "access-denied" }]);
      await demonstration.window("green");
      mock.control.clearFaults();
    };
    for (let number = 0; number < 2; number += 1) {
      await bad();
      await demonstration.window("green");
      await demonstration.window("green");
    }
    expect((await controller.read()).version).toBe(version);
    await bad();
    await demonstration.window("green");
    await bad();
    expect((await controller.read()).version).toBe(version + 1);
    // Both stacks are bad now: nothing is led to and fro between them.
    mock.control.switch("blue");
    mock.control.faults([{ rpc: "healthCheck", every: 2, form: "access-denied" }]);
    for (let number = 0; number < 4; number += 1) {
      await demonstration.window("blue");
    }
    expect((await controller.read()).version).toBe(version + 1);
    expect(demonstration.names.filter((name) => name === "rolled-back")).toHaveLength(1);
  });
});
