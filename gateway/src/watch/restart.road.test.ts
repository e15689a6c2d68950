import { type Mock, startMock } from "@e6data-web/mock";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeployedGateways, startDeployed } from "../../test/deployed-gateways.ts";
import { connectRaw, type RawConnection } from "../../test/raw-call.ts";
import { readObject } from "../config/reader.ts";
import { readWatch } from "../config/watch.ts";
import { activeStack } from "../deploy/deployment-state.ts";
import { type Gateway, startGateway } from "../gateway.ts";
import { readTally } from "./read-tally.ts";
import { type ScrapeResult, scrapeGateways } from "./scrape-gateways.ts";
import { DeploymentWatch } from "./watch-deployment.ts";
import type { WatchEvent } from "./watch-event.ts";

let mock: Mock;
let deployed: DeployedGateways;

beforeAll(async () => {
  mock = await startMock();
  deployed = await startDeployed({ blue: mock.blue.port, green: mock.green.port }, 1);
});

afterAll(async () => {
  await deployed?.[Symbol.asyncDispose]();
  await mock?.close();
});

/** Each test begins with green promoted, and nothing wrong with it. */
beforeEach(async () => {
  const controller = deployed.controller();
  mock.control.clearFaults();
  await controller.change({ verb: "announce", stack: activeStack(await controller.read()) });
  await controller.change({ verb: "promote", stack: "blue" });
  await controller.change({ verb: "promote", stack: "green" });
  mock.control.switch("green");
});

/** What a gateway is called whose Envoy is another one each time. */
const name = "http://gateway";

const settings = readObject(
  { interval: "1s", window: "1s", longestWindow: "1s", passes: 100, deadline: "100s", checks: ["errorRate"] },
  { path: "watch", folder: "/" },
  readWatch,
);

/** A gateway of the deployment whose Envoy is started anew now and then, and a watch over it whose windows are one look long. */
class Scene implements AsyncDisposable {
  readonly events: WatchEvent[] = [];
  #gateway: Gateway | undefined;
  #connection: RawConnection | undefined;
  #url = "";
  #made = 0;
  #seconds = 0;
  readonly #watch = new DeploymentWatch({
    settings,
    deployment: deployed.controller(),
    scrape: () => this.#scrape(),
    clock: { now: () => this.#seconds * 1000, sleep: async () => undefined },
    onEvent: (event) => this.events.push(event),
  });

  async start(): Promise<void> {
    this.#gateway = await startGateway({ config: deployed.config });
    this.#connection = await connectRaw(this.#gateway.url);
    this.#url = this.#gateway.adminUrl;
    this.#made = 0;
  }

  async stop(): Promise<void> {
    await this.#connection?.[Symbol.asyncDispose]();
    await this.#gateway?.close();
  }

  async look(): Promise<void> {
    this.#seconds += 1;
    await this.#watch.look();
  }

  /** Makes so many calls of new work, and waits until Envoy has counted them. */
  async calls(count: number): Promise<void> {
    const call = { ":path": "/QueryEngineService/healthCheck", "content-type": "application/grpc-web+proto" };
    await Promise.all(Array.from({ length: count }, () => this.#connection?.call({ ...call, strategy: "green" })));
    this.#made += count;
    const counted = async () => readTally((await this.#scrape()).scrapes.get(name) ?? new Map(), "green", []).calls;
    await expect.poll(counted, { timeout: 20_000, interval: 20 }).toBeGreaterThanOrEqual(this.#made);
  }

  /** Makes so many calls, and looks. */
  async window(count: number): Promise<void> {
    await this.calls(count);
    await this.look();
  }

  async #scrape(): Promise<ScrapeResult> {
    const { scrapes, problems } = await scrapeGateways([this.#url], 5000);
    return {
      scrapes: new Map([...scrapes.values()].map((scrape) => [name, scrape])),
      problems: new Map([...problems.values()].map((problem) => [name, problem])),
    };
  }

  /** What was told: of windows the verdict, how many calls were counted, and whose numbers are missing or lost. */
  get told(): readonly unknown[] {
    return this.events.map((event) =>
      event.event === "window"
        ? [event.verdict, event.checks.map(({ calls }) => calls), event.silent, event.gaps]
        : event.event,
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

describe("watch, while a gateway's Envoy is restarted", () => {
  it("counts from zero, neither below nor twice, and lets no window pass of which a part is lost", async () => {
    await using scene = new Scene();
    await scene.start();
    await scene.look();
    for (let window = 0; window < 2; window += 1) {
      await scene.window(120);
    }
    // Nobody will ever hear of these.
    mock.control.faults([{ rpc: "healthCheck", stack: "green", every: 1, form: "unavailable-503" }]);
    await scene.calls(60);
    mock.control.clearFaults();
    await scene.stop();
    await scene.start();
    await scene.window(100);
    await scene.window(130);
    expect(scene.told).toEqual([
      "promoted",
      ["pass", [120], [], []],
      ["pass", [120], [], []],
      ["inconclusive", [100], [], [name]],
      ["pass", [130], [], []],
    ]);
  });

  it("says that it knows nothing while it is away, and counts what comes after", async () => {
    await using scene = new Scene();
    await scene.start();
    await scene.look();
    await scene.window(120);
    await scene.stop();
    await scene.look();
    await scene.start();
    await scene.window(60);
    await scene.window(70);
    expect(scene.told).toEqual([
      "promoted",
      ["pass", [120], [], []],
      "gateway-silent",
      ["inconclusive", [0], [name], []],
      "gateway-heard",
      ["inconclusive", [60], [], [name]],
      ["pass", [70], [], []],
    ]);
  });

  it("still takes a stack back by what it has heard", async () => {
    await using scene = new Scene();
    await scene.start();
    await scene.look();
    await scene.window(200);
    mock.control.faults([{ rpc: "healthCheck", stack: "green", every: 2, form: "unavailable-503" }]);
    for (let restart = 0; restart < 2; restart += 1) {
      await scene.stop();
      await scene.start();
      await scene.window(restart === 0 ? 100 : 60);
    }
    expect(scene.told.slice(1)).toEqual([
      ["pass", [200], [], []],
      ["fail", [100], [], [name]],
      ["fail", [60], [], [name]],
      "failed",
      "rolled-back",
    ]);
  });
});
