import { readObject } from "../src/config/reader.ts";
import { readWatch, type WatchSettings } from "../src/config/watch.ts";
import type { DeploymentState } from "../src/deploy/deployment-state.ts";
import { GatewayError } from "../src/gateway-error.ts";
import { parseExposition } from "../src/watch/exposition.ts";
import { runWatch, type WatchOutcome, type WatchTerms } from "../src/watch/run-watch.ts";
import { DeploymentWatch, type WatchOptions } from "../src/watch/watch-deployment.ts";
import type { WatchEvent } from "../src/watch/watch-event.ts";
import { type Calls, exposition } from "./call-counts.ts";

/** Windows of a second, of which two have to pass; only errors count. */
export const settings: WatchSettings = readObject(
  { interval: "1s", window: "1s", deadline: "60s", longestWindow: "5s", passes: 2, checks: ["errorRate"] },
  { path: "watch", folder: "/" },
  readWatch,
);

/** When all changes were made. */
export const at = "2026-01-01T00:00:00Z";
/** Green was promoted. */
export const promoted: DeploymentState = {
  version: 3,
  stacks: { blue: "standby", green: "active" },
  former: "blue",
  change: { verb: "promote", at },
};
/** Which was taken back. */
export const rolledBack: DeploymentState = {
  version: 4,
  stacks: { blue: "active", green: "standby" },
  change: { verb: "rollback", at },
};

/** Calls of a second on green that all fail. */
export const bad: Calls = { stack: "green", count: 100, grpc: 14 };
/** Calls of a second on green that are all well. */
export const good: Calls = { stack: "green", count: 100, grpc: 0 };

/** A deployment, its gateway and a watch over both; time passes only while the watch sleeps. */
export class Scene {
  state = promoted;
  readonly events: WatchEvent[] = [];
  readonly reasons: string[] = [];
  /** What is done instead of answering, once for each entry. */
  readonly scrapeProblems: (string | undefined)[] = [];
  readonly readProblems: (Error | undefined)[] = [];
  readonly recordProblems: (Error | undefined)[] = [];
  /** The history, as far as it holds any. */
  readonly records = new Map<number, DeploymentState>();
  /** The versions that were asked for of it. */
  readonly asked: number[] = [];
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
        record: async (version) => {
          this.asked.push(version);
          const problem = this.recordProblems.shift();
          if (problem !== undefined) throw problem;
          const gone = new GatewayError("DEPLOYMENT_REFUSED", `no version ${version}`);
          return this.records.get(version) ?? Promise.reject(gone);
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

  run(watch = this.watch(), terms: Partial<WatchTerms> = {}): Promise<WatchOutcome> {
    const { signal } = new AbortController();
    const { interval, longestWindow } = settings;
    const own = { interval, patience: longestWindow, isEndless: false, clock: this.clock, signal };
    return runWatch(watch, { ...own, ...terms });
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
