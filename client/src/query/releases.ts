import { QueryEngineService } from "../gen/e6x_engine_pb.ts";
import type { EngineCaller } from "../transport/engine-caller.ts";
import { onPin, type Pin } from "./pin.ts";

const { cancelQuery, clear } = QueryEngineService.method;
const releaseTimeoutMs = 5_000;

/** Gives queries back to the engine, in the background: no caller waits for that, nor hears of its failure. */
export class Releases {
  readonly #call: EngineCaller;
  readonly #running = new Set<Promise<void>>();

  constructor(call: EngineCaller) {
    this.#call = call;
  }

  /** Clears a query. With `cancel` it may still be running and is stopped first. */
  start(pin: Pin, cancel: boolean): void {
    const release = this.#release(pin, cancel).finally(() => this.#running.delete(release));
    this.#running.add(release);
  }

  /** Resolves once everything that was started has ended, whatever the engine answered. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #release(pin: Pin, cancel: boolean): Promise<void> {
    // A signal of its own: the caller's may be the very reason for this, and has no say in it.
    const options = { ...onPin(pin, new AbortController().signal), timeoutMs: releaseTimeoutMs };
    // The query is over for its caller whatever these two answer: an engine that lost it has nothing to give back.
    if (cancel) {
      await this.#call(cancelQuery, pin.request, options).catch(() => undefined);
    }
    await this.#call(clear, pin.request, options).catch(() => undefined);
  }
}
