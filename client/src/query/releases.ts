import { isE6Error } from "../error.ts";
import { cancelQuery, clear } from "../gen/e6x_engine_tables.ts";
import type { Runtime } from "../runtime.ts";
import type { Sessions } from "../session/sessions.ts";
import type { EngineCaller } from "../transport/engine-caller.ts";
import { onPin, type Pin } from "./pin.ts";

/** Time for each step of a release, in milliseconds. */
export const releaseTimeoutMs = 5_000;

/** Gives queries back to the engine, in the background: no caller waits for that, nor hears of its failure. */
export interface Releases {
  /** Clears a query. With `cancel` it may still be running and is stopped first. Resolves when the engine has answered. */
  start(pin: Pin, cancel: boolean): Promise<void>;
  /**
   * Ends a query whose caller left while it was being prepared: when its id still comes, it is cancelled and cleared.
   * `giveUp` ends the prepare where its answer takes too long.
   */
  startLate(preparing: Promise<Pin>, giveUp: AbortController): void;
  /** Resolves once everything that was started has ended, whatever the engine answered. */
  settled(): Promise<void>;
}

/** What giving queries back works with. */
export interface ReleaseContext {
  readonly call: EngineCaller;
  readonly runtime: Runtime;
  readonly sessions: Sessions;
}

/** Makes the place where a connection's queries are given back. */
export function createReleases({ call, runtime, sessions }: ReleaseContext): Releases {
  const running = new Set<Promise<void>>();
  const track = (work: Promise<void>) => {
    const tracked = work.finally(() => running.delete(tracked));
    running.add(tracked);
    return tracked;
  };
  const end = async (pin: Pin, cancel: boolean) => {
    // A signal of its own: the caller's may be the very reason for this, and has no say in it.
    const options = onPin(pin, { signal: new AbortController().signal, remainingMs: () => releaseTimeoutMs });
    if (cancel) {
      await call(cancelQuery, pin.request, options).catch(() => undefined);
    }
    await call(clear, pin.request, options);
  };
  const release = async (pin: Pin, cancel: boolean) => {
    const { route } = pin;
    // The query is over for its caller whatever is answered: an engine that lost it has nothing to give back.
    await end(pin, cancel).catch(async (error: unknown) => {
      const session =
        isE6Error(error) && error.code === "SESSION_EXPIRED" ? sessions.opened(route.strategy) : undefined;
      // Nobody signs in for this, for the engine gives back by itself what nobody asks about.
      if (session !== undefined && session !== route.session) {
        await end({ ...pin, route: { ...route, session } }, cancel).catch(() => undefined);
      }
    });
  };
  const releaseLate = async (preparing: Promise<Pin>, giveUp: AbortController) => {
    const answered = new AbortController();
    runtime.sleep(releaseTimeoutMs, answered.signal).then(
      () => giveUp.abort(),
      () => undefined,
    );
    const pin = await preparing.catch(() => undefined);
    answered.abort();
    if (pin !== undefined) {
      await release(pin, true);
    }
  };
  return {
    start: (pin, cancel) => track(release(pin, cancel)),
    startLate: (preparing, giveUp) => void track(releaseLate(preparing, giveUp)),
    async settled() {
      await Promise.all(running);
    },
  };
}
