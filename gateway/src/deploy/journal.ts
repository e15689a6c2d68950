import { link, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { GatewayError } from "../gateway-error.ts";
import { replaceFile, syncFolder, writeDurably } from "../replace-file.ts";
import { type DeploymentFiles, recordPath, recordVersion } from "./deployment-files.ts";
import type { DeploymentState } from "./deployment-state.ts";
import { hasCode, withLock } from "./lock.ts";
import { readStateFile, recordRemedy, stateText } from "./state-file.ts";

/** What a change has done last, in this order: where a test may end the process. */
export const journalSteps = [
  "locked",
  "record written",
  "record named",
  "state replaced",
  "routes replaced",
  "routes handed on",
] as const;

/** One of {@link journalSteps}. */
export type JournalStep = (typeof journalSteps)[number];

/** Is told of each of {@link journalSteps} as it is done; the change goes on once it resolves. */
export type OnStep = (step: JournalStep) => void | Promise<void>;

/** How many states the history holds. */
export const historyLength = 500;

/** What a journal needs to know of what it keeps. */
export interface JournalParts {
  /** The state that a deployment begins with. */
  first(): DeploymentState;
  /** The content of the route file for a state: the same for the same state and configuration. */
  render(state: DeploymentState): string;
  /** Hands the route file on to where the gateways watch another one. */
  handOn(path: string): Promise<void>;
  readonly onStep?: OnStep | undefined;
}

/** A state, and the one before the change that was asked for; the same where nothing was changed. */
export interface Step {
  readonly before: DeploymentState;
  readonly state: DeploymentState;
}

/**
 * The states of a deployment, on disk. A change holds from the moment when its record has its name in the history, which only one
 * process can give it: so even where a lock fails, there is no third state, and nobody's change is lost. The state file and the route
 * file follow from it; where they were left behind, by a kill, the next change brings them up first, and reading sees through it.
 */
export class Journal {
  readonly files: DeploymentFiles;
  readonly #parts: JournalParts;

  constructor(files: DeploymentFiles, parts: JournalParts) {
    this.files = files;
    this.#parts = parts;
  }

  /** The state that holds; nothing before the first. Rejects with `DEPLOYMENT_BROKEN`. */
  async read(): Promise<DeploymentState | undefined> {
    let state = (await readStateFile(this.files.state)) ?? (await this.#newestRecord());
    for (;;) {
      const next = await readStateFile(recordPath(this.files, (state?.version ?? 0) + 1));
      if (next === undefined) {
        return state;
      }
      state = next;
    }
  }

  /** The states that held, the newest first. */
  async history(count: number): Promise<readonly DeploymentState[]> {
    const newest = (await this.read())?.version ?? 0;
    const versions = (await this.#versions()).filter((version) => version <= newest).toSorted((a, b) => b - a);
    const states = await Promise.all(versions.slice(0, count).map((version) => this.record(version)));
    return states.filter((state) => state !== undefined);
  }

  /** The state of that version; nothing where the history does not hold it. */
  record(version: number): Promise<DeploymentState | undefined> {
    return readStateFile(recordPath(this.files, version), recordRemedy);
  }

  /**
   * Makes the change that `next` answers, or none, and has the routes of what then holds in their place; begins the deployment first
   * where there is none. Rejects with what `next` throws, `DEPLOYMENT_LOCKED`, `DEPLOYMENT_BROKEN`, or what handing the routes on has
   * come to: the change is made then.
   */
  async change(next: (state: DeploymentState) => DeploymentState | undefined): Promise<Step> {
    await mkdir(this.files.folder, { recursive: true });
    return await withLock(this.files.lock, async () => {
      await this.#tidy();
      await this.#onStep("locked");
      const before = (await this.read()) ?? (await this.#record(this.#parts.first()));
      const wanted = next(before);
      const state = wanted === undefined ? before : await this.#record(wanted);
      await this.#publish();
      return { before, state };
    });
  }

  /** What others have left unfinished is of no use to anybody. */
  async #tidy(): Promise<void> {
    await rm(this.files.unfinished, { recursive: true, force: true });
    for (const folder of [this.files.unfinished, this.files.history, this.files.routesDir]) {
      await mkdir(folder, { recursive: true });
    }
  }

  async #record(state: DeploymentState): Promise<DeploymentState> {
    const unfinished = join(this.files.unfinished, `record-${state.version}.json`);
    await writeDurably(unfinished, stateText(state));
    await this.#onStep("record written");
    await link(unfinished, recordPath(this.files, state.version)).catch((cause: unknown) => {
      // Taken by another change, or tidied away by one: it thought that this process was dead.
      throw hasCode(cause, "EEXIST") || hasCode(cause, "ENOENT") ? overtaken(cause) : cause;
    });
    await syncFolder(this.files.history);
    await rm(unfinished, { force: true });
    await this.#onStep("record named");
    await rm(recordPath(this.files, state.version - historyLength), { force: true });
    return state;
  }

  /** Brings the files up to the state that holds; again, should another one hold by then. */
  async #publish(): Promise<void> {
    for (let published = -1; ; ) {
      const state = await this.read();
      if (state === undefined || state.version === published) {
        return;
      }
      await this.#replace(this.files.state, stateText(state));
      await this.#onStep("state replaced");
      await this.#replace(this.files.routes, this.#parts.render(state));
      await this.#onStep("routes replaced");
      await this.#parts.handOn(this.files.routes);
      await this.#onStep("routes handed on");
      published = state.version;
    }
  }

  async #replace(path: string, text: string): Promise<void> {
    // A rename would make every gateway read the same again.
    if ((await readFile(path, "utf8").catch(() => undefined)) !== text) {
      await replaceFile(path, join(this.files.unfinished, "next.json"), text);
    }
  }

  async #onStep(step: JournalStep): Promise<void> {
    await this.#parts.onStep?.(step);
  }

  /** Should the state file be lost: what is in the history has held. */
  async #newestRecord(): Promise<DeploymentState | undefined> {
    const versions = await this.#versions();
    return versions.length === 0 ? undefined : await readStateFile(recordPath(this.files, Math.max(...versions)));
  }

  async #versions(): Promise<readonly number[]> {
    const names = await readdir(this.files.history).catch(() => []);
    return names.map(recordVersion).filter((version) => version !== undefined);
  }
}

function overtaken(cause: unknown): GatewayError {
  return new GatewayError("DEPLOYMENT_LOCKED", "another change was made at the same time: look at it, and repeat", {
    cause,
  });
}
