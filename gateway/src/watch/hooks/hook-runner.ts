import { randomUUID } from "node:crypto";
import type { HookSettings, HookTarget } from "../../config/hooks.ts";
import type { Clock } from "../../deploy/clock.ts";
import type { WatchEvent } from "../watch-event.ts";
import { runCommandHook } from "./command-hook.ts";
import { type Delivery, failed, type HookAttempt } from "./hook-attempt.ts";
import { callWebhook } from "./webhook.ts";

/** What hooks are told with. */
export interface HookRunnerOptions {
  readonly hooks: readonly HookSettings[];
  readonly clock: Clock;
  /** Told of each event that a hook could not be told of. */
  readonly onFailure: (event: WatchEvent) => void;
  /** From 0 to 1; default the machine's. */
  readonly random?: () => number;
}

/** Events that may wait for one hook. */
const maxWaiting = 100;

/** Milliseconds before the second attempt, and at most before any. */
const pause = { first: 1000, most: 30_000 };

interface Queue {
  readonly hook: HookSettings;
  waiting: number;
  last: Promise<void>;
}

/** Tells hooks of events: each in their order, all beside each other, and none of them keeps anybody waiting. */
export class HookRunner {
  readonly #options: HookRunnerOptions;
  readonly #queues: readonly Queue[];
  readonly #stop = new AbortController();

  constructor(options: HookRunnerOptions) {
    this.#options = options;
    this.#queues = options.hooks.map((hook) => ({ hook, waiting: 0, last: Promise.resolve() }));
  }

  /** Tells of an event those that want to hear of it. `at` is its time, ISO 8601. */
  tell(event: WatchEvent, at: string): void {
    for (const queue of this.#queues) {
      if (queue.hook.on.some((wanted) => wanted === event.event)) {
        this.#enqueue(queue, event, at);
      }
    }
  }

  /** Resolves when every event has been told, or given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#queues.map(({ last }) => last));
  }

  /** The same; but after so many milliseconds what is at work is ended, and what was not told is given up. */
  async settledWithin(milliseconds: number): Promise<void> {
    const isSettled = new AbortController();
    await Promise.race([this.settled(), this.#options.clock.sleep(milliseconds, isSettled.signal)]);
    // A timer would keep the program from ending, and so would a hook that is still at work.
    isSettled.abort();
    this.#stop.abort();
    await this.settled();
  }

  #enqueue(queue: Queue, event: WatchEvent, at: string): void {
    if (queue.waiting >= maxWaiting) {
      this.#fail(queue.hook, event, `${maxWaiting} events wait for it already`);
      return;
    }
    const id = `evt_${randomUUID()}`;
    const delivery = { id, event: event.event, body: JSON.stringify({ id, at, ...event }) };
    queue.waiting += 1;
    queue.last = queue.last.then(async () => {
      const attempt = await this.#deliver(queue.hook, delivery);
      queue.waiting -= 1;
      if (!attempt.isDone) {
        this.#fail(queue.hook, event, attempt.problem);
      }
    });
  }

  async #deliver({ target, timeout, attempts }: HookSettings, delivery: Delivery): Promise<HookAttempt> {
    const { clock, random = Math.random } = this.#options;
    const { signal } = this.#stop;
    for (let number = 1; !signal.aborted; number += 1) {
      const attempt = await reach(target, delivery, timeout, signal);
      if (attempt.isDone || !attempt.canRepeat) {
        return attempt;
      }
      if (number >= attempts && !signal.aborted) {
        return failed(`${attempt.problem}, ${number} times`, false);
      }
      const most = Math.min(pause.most, pause.first * 2 ** (number - 1));
      await clock.sleep((most / 2) * (1 + random()), signal);
    }
    return failed("the watch has ended before", false);
  }

  #fail({ name }: HookSettings, event: WatchEvent, problem: string): void {
    this.#options.onFailure({ event: "hook-failed", hook: name, of: event.event, problem });
  }
}

function reach(target: HookTarget, delivery: Delivery, timeout: number, stop: AbortSignal): Promise<HookAttempt> {
  return target.kind === "command"
    ? runCommandHook(target, delivery, timeout, stop)
    : callWebhook(target, delivery, timeout, stop);
}
