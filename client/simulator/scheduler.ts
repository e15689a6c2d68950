import { AsyncLocalStorage } from "node:async_hooks";
import type { Random } from "../fuzz/random.ts";

/** Whose steps wait to be done: a tab, or the world around the tabs. */
export interface Owner {
  readonly name: string;
  /** None of its steps is done meanwhile. */
  isFrozen: boolean;
  /** None of its steps is done any more, whatever the world still brings it. */
  isGone: boolean;
}

/** A step that may be done once its time has come. */
export interface Step {
  readonly owner: Owner;
  readonly isTimer: boolean;
  readonly label: string;
  readonly due: number;
  readonly run: () => void;
}

/** The longest that one step takes, in milliseconds. */
const longestStepMs = 10;

/**
 * A clock that stands still but for its steps, and the choice of the step that is done next: any of those whose time has come, by
 * chance. Where none has, the clock moves on to the next one.
 */
export class Scheduler {
  /** Milliseconds since the history began. */
  now = 0;
  /** How many steps were done. */
  count = 0;
  readonly #random: Random;
  readonly #steps: Step[] = [];
  readonly #onStep: (step: Step) => void;

  /** `onStep` is told of each step before it is done. */
  constructor(random: Random, onStep: (step: Step) => void) {
    this.#random = random;
    this.#onStep = onStep;
  }

  /** Adds a step that may be done after `delayMs`; the function that it answers takes it back. */
  add(owner: Owner, label: string, delayMs: number, run: () => void, isTimer = false): () => void {
    if (owner.isGone) return () => undefined;
    const step: Step = { owner, isTimer, label, due: this.now + delayMs, run };
    this.#steps.push(step);
    return () => this.#remove(step);
  }

  /** Takes back all steps of an owner: they are never done. */
  removeAll(owner: Owner): void {
    for (const step of this.of(owner)) this.#remove(step);
  }

  /** The steps of an owner that are still to be done. */
  of(owner: Owner): readonly Step[] {
    return this.#steps.filter((step) => step.owner === owner);
  }

  /** Does a step. False if there is none, or none before `until`. */
  advance(until = Number.POSITIVE_INFINITY): boolean {
    const free = this.#steps.filter(({ owner }) => !owner.isFrozen);
    if (free.length === 0) return false;
    const first = Math.min(...free.map(({ due }) => due));
    if (first > until) return false;
    this.now = Math.max(this.now, first) + (first <= this.now ? this.#random.below(longestStepMs) : 0);
    const picked = this.#random.pick(free.filter(({ due }) => due <= this.now));
    const step = picked.isTimer ? firstTimer(free, picked) : picked;
    this.#remove(step);
    this.count++;
    this.#onStep(step);
    runAs({ owner: step.owner, scheduler: this }, step.run);
    return true;
  }

  #remove(step: Step): void {
    const index = this.#steps.indexOf(step);
    if (index >= 0) this.#steps.splice(index, 1);
  }
}

/** Timers of one owner go off in the order of their times. */
function firstTimer(steps: readonly Step[], picked: Step): Step {
  return steps.reduce(
    (first, step) => (step.isTimer && step.owner === picked.owner && step.due < first.due ? step : first),
    picked,
  );
}

/** On whose behalf code runs, however far it is from the step that began it. */
interface Run {
  readonly owner: Owner;
  readonly scheduler: Scheduler;
}

const runs = new AsyncLocalStorage<Run>();

function runAs(run: Run, work: () => void): void {
  runs.run(run, work);
}

/**
 * Puts the scheduler's clock in the place of the platform's timers, for code that runs on behalf of an owner. The function that it
 * answers puts the platform's back.
 */
export function takeOverTimers(): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  const taken = new Map<unknown, () => void>();
  const start = (work: () => void, milliseconds = 0) => {
    const run = runs.getStore();
    if (run === undefined) return setTimeout(work, milliseconds);
    const timer = {};
    const fire = () => {
      taken.delete(timer);
      work();
    };
    taken.set(timer, run.scheduler.add(run.owner, `timer ${milliseconds}`, milliseconds, fire, true));
    return timer;
  };
  const stop = (timer: unknown) => {
    const cancel = taken.get(timer);
    if (cancel === undefined) return clearTimeout(timer as NodeJS.Timeout);
    taken.delete(timer);
    cancel();
  };
  Object.assign(globalThis, { setTimeout: start, clearTimeout: stop });
  return () => Object.assign(globalThis, { setTimeout, clearTimeout });
}

/** Waits until all has been done that waits for nothing but itself. */
export function drain(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
