import { describe, expect, it } from "vitest";
import { type Calls, exposition } from "../../test/call-counts.ts";
import { readObject } from "../config/reader.ts";
import { readWatch } from "../config/watch.ts";
import type { DeploymentState } from "../deploy/deployment-state.ts";
import { GatewayError } from "../gateway-error.ts";
import { parseExposition } from "./exposition.ts";
import { runWatch, type WatchTerms } from "./run-watch.ts";
import { DeploymentWatch, type WatchOptions } from "./watch-deployment.ts";
import type { WatchEvent } from "./watch-event.ts";

const settings = readObject(
  { interval: "1s", window: "1s", deadline: "60s", longestWindow: "5s", passes: 2, checks: ["errorRate"] },
  { path: "watch", folder: "/" },
  readWatch,
);

const at = "2026-01-01T00:00:00Z";
const promoted: DeploymentState = {
  version: 3,
  stacks: { blue: "standby", green: "active" },
  former: "blue",
  change: { verb: "promote", at },
};
const rolledBack: DeploymentState = {
  version: 4,
  stacks: { blue: "active", green: "standby" },
  change: { verb: "rollback", at },
};

const calls = (count: number, grpc: number): Calls => ({ stack: "green", count, grpc });
const [bad, good] = [calls(100, 14), calls(100, 0)];

/** A deployment, its gateway and a watch over both; time passes only while the watch sleeps. */
class Scene {
  state = promoted;
  readonly events: WatchEvent[] = [];
  readonly reasons: string[] = [];
  /** What is done instead of answering, once for each entry. */
  readonly scrapeProblems: (string | undefined)[] = [];
  readonly readProblems: (Error | undefined)[] = [];
  rollbackProblem: Error | undefined;
  onRollback = () => {
    this.state = rolledBack;
  };
  readonly #traffic: readonly Calls[];
  #seconds = 0;

  constructor(...traffic: readonly Calls[]) {
    this.#traffic = traffic;
  }

  readonly clock = {
    now: () => this.#seconds * 1000,
    sleep: async () => {
      this.#seconds += 1;
    },
  };

  watch(options: Partial<WatchOptions> = {}): DeploymentWatch {
    return new DeploymentWatch({
      settings,
      clock: this.clock,
      deployment: {
        read: async () => {
          const problem = this.readProblems.shift();
          return problem === undefined ? this.state : Promise.reject(problem);
        },
        rollback: async (reason, ifVersion) => {
          if (ifVersion !== this.state.version) {
            throw new GatewayError("DEPLOYMENT_REFUSED", `version ${ifVersion} was meant`);
          }
          this.reasons.push(reason);
          if (this.rollbackProblem === undefined) {
            this.onRollback();
            return this.state;
          }
          throw this.rollbackProblem;
        },
      },
      scrape: async () => this.#scrape(),
      onEvent: (event) => this.events.push(event),
      ...options,
    });
  }

  run(watch = this.watch(), terms: Partial<WatchTerms> = {}) {
    const { signal } = new AbortController();
    return runWatch(watch, { interval: settings.interval, isEndless: false, clock: this.clock, signal, ...terms });
  }

  get names(): readonly string[] {
    return this.events.map(({ event }) => event);
  }

  /** The same traffic in each second. */
  #scrape() {
    const problem = this.scrapeProblems.shift();
    const all = this.#traffic.map((one) => ({ ...one, count: one.count * this.#seconds }));
    const scrape = parseExposition(exposition(...all));
    return problem === undefined
      ? { scrapes: new Map([["http://a", scrape]]), problems: new Map<string, string>() }
      : { scrapes: new Map([["http://a", undefined]]), problems: new Map([["http://a", problem]]) };
  }
}

describe("DeploymentWatch", () => {
  it("takes a bad stack back at the end of its second window, with the numbers as the reason", async () => {
    const scene = new Scene(bad);
    expect(await scene.run()).toBe("rolled-back");
    expect(scene.names).toEqual(["promoted", "window", "window", "failed", "rolled-back"]);
    expect(scene.reasons).toEqual([
      "green (promoted) has failed 2 of 2 windows: errorRate 100 % of 100 calls (limit 5 %)",
    ]);
    expect(scene.events.at(-1)).toMatchObject({ version: 4, reason: scene.reasons[0] });
  });

  it("lets a good one pass", async () => {
    const scene = new Scene(good);
    expect(await scene.run()).toBe("passed");
    expect([scene.reasons, scene.names]).toEqual([[], ["promoted", "window", "window", "passed"]]);
  });

  it("only says what it would do in a dry run", async () => {
    const scene = new Scene(bad);
    expect(await scene.run(scene.watch({ isDryRun: true }))).toBe("failed");
    expect([scene.reasons, scene.names.at(-1)]).toEqual([[], "would-roll-back"]);
  });

  it("says so once, however long the dry run goes on", async () => {
    const scene = new Scene(bad);
    const watch = scene.watch({ isDryRun: true });
    for (let second = 0; second < 9; second += 1) {
      await watch.look();
      await scene.clock.sleep();
    }
    expect(scene.names.filter((name) => name === "would-roll-back")).toHaveLength(1);
  });

  it("loses nothing that was counted while the state could not be read", async () => {
    const scene = new Scene(good);
    scene.readProblems.push(undefined, new Error("half a file"), undefined);
    await scene.run();
    expect(scene.events[2]).toMatchObject({ event: "window", seconds: 2, checks: [{ calls: 200 }] });
  });

  it("compares also where no gateway answered at first", async () => {
    const scene = new Scene(good, { stack: "blue", count: 100, grpc: 14 });
    scene.scrapeProblems.push("no answer", "no answer");
    await scene.run();
    expect(scene.events.find(({ event }) => event === "passed")).toMatchObject({ checks: [{ baseline: 1 }] });
  });

  it("ends inconclusive without calls, and without numbers", async () => {
    expect(await new Scene().run()).toBe("inconclusive");
    const scene = new Scene(bad);
    scene.scrapeProblems.push(...new Array(100).fill("no answer"));
    expect(await scene.run()).toBe("inconclusive");
    expect(scene.reasons).toEqual([]);
    expect(scene.names.filter((name) => name === "gateway-silent")).toHaveLength(1);
  });

  it("goes on where a gateway is heard again: nothing that it has counted is lost", async () => {
    const scene = new Scene(bad);
    scene.scrapeProblems.push(undefined, "no answer", undefined);
    expect(await scene.run()).toBe("rolled-back");
    expect(scene.names).toEqual([
      "promoted",
      "gateway-silent",
      "gateway-heard",
      "window",
      "window",
      "failed",
      "rolled-back",
    ]);
    expect(scene.events[3]).toMatchObject({ seconds: 2, checks: [{ calls: 200 }] });
  });

  it("counts nothing of before a promotion that a gateway tells of only after it", async () => {
    const scene = new Scene({ stack: "green", count: 100, http: 456, grpc: "" }, bad);
    const watch = scene.watch({ settings: { ...settings, checks: ["mismatchRate"] } });
    scene.state = { ...promoted, version: 2, stacks: rolledBack.stacks, announced: "green", former: undefined };
    scene.scrapeProblems.push(undefined, undefined, "no answer");
    for (const state of [scene.state, scene.state, promoted, promoted, promoted]) {
      scene.state = state;
      await watch.look();
      await scene.clock.sleep();
    }
    const windows = scene.events.filter(
      ({ event, ...rest }) => event === "window" && "phase" in rest && rest.phase === "promoted",
    );
    expect(windows).toMatchObject([{ seconds: 2, checks: [{ calls: 200 }] }]);
  });

  it("tries a rollback again that failed, with each look, and says it again only if something else is wrong", async () => {
    const scene = new Scene(bad);
    const watch = scene.watch();
    for (const problem of ["", "", "locked", "locked", "full", "full"]) {
      scene.rollbackProblem = new GatewayError("DEPLOYMENT_LOCKED", problem);
      await watch.look();
      await scene.clock.sleep();
    }
    expect(scene.reasons).toHaveLength(4);
    expect(scene.events.slice(3)).toMatchObject([
      { event: "failed" },
      { event: "rollback-failed", problem: "locked" },
      { event: "rollback-failed", problem: "full" },
    ]);
    scene.rollbackProblem = undefined;
    expect(await scene.run(watch)).toBe("rolled-back");
  });

  it("counts a rollback that holds, though a gateway has not confirmed it, and says both", async () => {
    const scene = new Scene(bad);
    scene.onRollback = () => {
      scene.state = rolledBack;
      throw new GatewayError("TIMEOUT", "not every gateway uses it");
    };
    expect(await scene.run()).toBe("rolled-back");
    expect(scene.events.at(-1)).toMatchObject({ version: 4, problem: "not every gateway uses it" });
    expect(scene.reasons).toHaveLength(1);
  });

  it("leaves alone what somebody has changed while it looked", async () => {
    const scene = new Scene(bad);
    const watch = scene.watch({
      onEvent(event) {
        scene.events.push(event);
        if (event.event === "failed") {
          scene.state = { ...rolledBack, change: { verb: "rollback", at, reason: "by hand" } };
        }
      },
    });
    expect(await scene.run(watch)).toBe("rolled-back");
    expect(scene.reasons).toEqual([]);
    expect(scene.events.at(-1)).toMatchObject({ event: "rolled-back", version: 4, problem: "version 3 was meant" });
  });

  it("takes back once, also where two watch", async () => {
    const scene = new Scene(bad);
    scene.onRollback = () => {
      scene.state = { ...rolledBack, version: scene.state.version + 1 };
    };
    const [one, other] = [scene.watch(), scene.watch()];
    for (let second = 0; second < 3; second += 1) {
      await Promise.all([one.look(), other.look()]);
      await scene.clock.sleep();
    }
    expect(scene.state.version).toBe(4);
  });

  it("survives a state that cannot be read, and tells of it once", async () => {
    const scene = new Scene(bad);
    scene.readProblems.push(new Error("half a file"), new Error("half a file"));
    expect(await scene.run()).toBe("rolled-back");
    expect(scene.events.slice(0, 2)).toMatchObject([
      { event: "state-unreadable", problem: "half a file" },
      { event: "promoted" },
    ]);
  });

  it("is taken up by another one that was started after it was killed", async () => {
    const scene = new Scene(bad);
    const first = scene.watch();
    await first.look();
    await scene.clock.sleep();
    await first.look();
    expect(await scene.run()).toBe("rolled-back");
  });
});

describe("runWatch()", () => {
  it("ends where there is nothing that could be taken back", async () => {
    const scene = new Scene(bad);
    scene.state = rolledBack;
    expect(await scene.run()).toBe("nothing");
  });

  it("goes on for ever where that was wanted, until it is asked to stop", async () => {
    const scene = new Scene(bad);
    const controller = new AbortController();
    let sleeps = 0;
    const clock = {
      ...scene.clock,
      async sleep() {
        sleeps += 1;
        await scene.clock.sleep();
        if (sleeps === 10) {
          controller.abort();
        }
      },
    };
    expect(await scene.run(scene.watch(), { isEndless: true, clock, signal: controller.signal })).toBe("stopped");
    expect(scene.names.slice(-2)).toEqual(["rolled-back", "ended"]);
    expect(sleeps).toBe(10);
  });
});
