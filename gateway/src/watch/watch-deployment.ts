import type { WatchSettings } from "../config/watch.ts";
import type { Clock } from "../deploy/clock.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { DeploymentState } from "../deploy/deployment-state.ts";
import { historyLength } from "../deploy/journal.ts";
import { GatewayError } from "../gateway-error.ts";
import { firstAnalysis, type Observation, observe, type Step } from "./analysis.ts";
import { noCounts } from "./counts.ts";
import { countOn, type Heard, leaveOut } from "./gateway-scrapes.ts";
import type { ScrapeResult } from "./scrape-gateways.ts";
import type { WatchEvent } from "./watch-event.ts";

/** What a watch works with. */
export interface WatchOptions {
  readonly settings: WatchSettings;
  readonly deployment: Deployment;
  /** Asks all gateways for their numbers. */
  readonly scrape: () => Promise<ScrapeResult>;
  readonly clock: Clock;
  /** Told of all that happens, in order. Must not throw, and is not waited for. */
  readonly onEvent: (event: WatchEvent) => void;
  /** Whether it only says what it would do. */
  readonly isDryRun?: boolean;
}

type Rollback = NonNullable<Step["rollback"]>;

type RollbackEvent = Extract<WatchEvent, { event: "rolled-back" | "rollback-failed" | "would-roll-back" }>;

/** What is read of a deployment. */
interface States {
  readonly state: DeploymentState;
  /** Those that came and went since the last look, the oldest first. */
  readonly missed: readonly DeploymentState[];
}

/** What a look at the deployment has brought. */
export interface Look {
  readonly events: readonly WatchEvent[];
  /** False where there is no new stack that could be taken back. */
  readonly isWatching: boolean;
  /** What is wrong with the deployment's state, or with one that was missed, and since when, by the watch's clock, it could not be read; nothing where it was. */
  readonly unreadable?: { readonly problem: string; readonly since: number };
}

/**
 * Watches over a deployment: looks at it and at its gateways, and takes a new stack back that has failed. The shell of
 * {@link observe}, which decides. One that is killed and started again begins its windows anew, and forgets nothing else
 * that matters: what there is to watch is in the deployment's own state.
 */
export class DeploymentWatch {
  readonly #options: WatchOptions;
  #analysis = firstAnalysis;
  #last: ReadonlyMap<string, Heard> = new Map();
  #silent: ReadonlyMap<string, string> = new Map();
  #unreadable: Look["unreadable"];
  /** What was told last of a rollback that did not come about: it is tried with each look, and told when it is news. */
  #told: string | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Looks once, and does what there is to do. Never rejects: what goes wrong is an event, and the next look may go better. */
  async look(): Promise<Look> {
    const { clock, deployment, scrape } = this.#options;
    const events: WatchEvent[] = [];
    const tell = (event: WatchEvent) => {
      events.push(event);
      this.#options.onEvent(event);
    };
    const [result, read] = await Promise.all([scrape(), this.#readStates(deployment, tell)]);
    this.#tellOfSilence(result.problems, tell);
    if (read === undefined) {
      return { events, isWatching: true, ...(this.#unreadable && { unreadable: this.#unreadable }) };
    }
    const { state, missed } = read;
    const at = clock.now();
    const { last, ...counted } = countOn(this.#last, result.scrapes, at, this.#analysis.watched?.phaseSince);
    for (const deployment of missed) {
      const nothing = { counts: noCounts, past: noCounts, silent: counted.silent, gaps: [] };
      this.#observe({ at, deployment, ...nothing }).events.forEach(tell);
    }
    // Before which of several changes it was counted, nobody knows.
    const lost = missed.length > 0 && { counts: noCounts, gaps: heardOf(result) };
    const step = this.#observe({ at, deployment: state, ...counted, ...lost });
    // What was counted before a phase is no part of it, also where it is told of later.
    this.#last = step.analysis.watched?.phaseSince === at ? leaveOut(last, counted.silent) : last;
    step.events.forEach(tell);
    if (step.rollback === undefined) {
      this.#told = undefined;
    } else {
      await this.#takeBack(step.rollback, tell);
    }
    return { events, isWatching: step.analysis.watched !== undefined };
  }

  #observe(observation: Observation): Step {
    const step = observe(this.#analysis, observation, this.#options.settings);
    this.#analysis = step.analysis;
    return step;
  }

  /** The state that holds, and those that were missed. Nothing where one of them cannot be read: it is tried again. */
  async #readStates(deployment: Deployment, tell: (event: WatchEvent) => void): Promise<States | undefined> {
    try {
      const state = await deployment.read();
      const missed = await this.#missed(state);
      this.#unreadable = undefined;
      return { state, missed };
    } catch (error) {
      const problem = problemOf(error);
      if (this.#unreadable === undefined) {
        tell({ event: "state-unreadable", problem });
      }
      this.#unreadable = { problem, since: this.#unreadable?.since ?? this.#options.clock.now() };
      return undefined;
    }
  }

  /** The states that came and went since the last look, the oldest first: what was carried on through them is carried on. */
  async #missed({ version }: DeploymentState): Promise<readonly DeploymentState[]> {
    // Older ones the history holds no more.
    const from = Math.max(this.#analysis.watched?.version ?? version, version - historyLength) + 1;
    const versions = Array.from({ length: Math.max(0, version - from) }, (_, index) => from + index);
    const records = await Promise.all(versions.map((one) => recordOf(this.#options.deployment, one)));
    return records.filter((state) => state !== undefined);
  }

  #tellOfSilence(problems: ReadonlyMap<string, string>, tell: (event: WatchEvent) => void): void {
    for (const [gateway, problem] of problems) {
      if (!this.#silent.has(gateway)) {
        tell({ event: "gateway-silent", gateway, problem });
      }
    }
    for (const gateway of this.#silent.keys()) {
      if (!problems.has(gateway)) {
        tell({ event: "gateway-heard", gateway });
      }
    }
    this.#silent = problems;
  }

  async #takeBack(rollback: Rollback, tell: (event: WatchEvent) => void): Promise<void> {
    const event = await this.#tryRollback(rollback);
    const news = event.event === "rollback-failed" ? event.problem : event.event;
    if (news !== this.#told) {
      tell(event);
    }
    this.#told = news;
  }

  async #tryRollback(rollback: Rollback): Promise<RollbackEvent> {
    if (this.#options.isDryRun === true) {
      return { event: "would-roll-back", ...rollback };
    }
    try {
      const { version } = await this.#options.deployment.rollback(rollback.reason, rollback.version);
      return { event: "rolled-back", ...rollback, version };
    } catch (error) {
      return await this.#afterFailure(rollback, problemOf(error));
    }
  }

  /** A rollback holds from when it is written, whether or not every gateway has followed yet, and whoever made it. */
  async #afterFailure(rollback: Rollback, problem: string): Promise<RollbackEvent> {
    const state = await this.#options.deployment.read().catch(() => undefined);
    return state?.change.verb === "rollback" && state.version > rollback.version
      ? { event: "rolled-back", ...rollback, version: state.version, problem }
      : { event: "rollback-failed", ...rollback, problem };
  }
}

/** The recorded state of a version; nothing where the history does not hold it. */
async function recordOf(deployment: Deployment, version: number): Promise<DeploymentState | undefined> {
  try {
    return await deployment.record(version);
  } catch (error) {
    if (error instanceof GatewayError && error.code === "DEPLOYMENT_REFUSED") {
      return undefined;
    }
    throw error;
  }
}

function heardOf({ scrapes }: ScrapeResult): readonly string[] {
  return [...scrapes.keys()].filter((gateway) => scrapes.get(gateway) !== undefined);
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
