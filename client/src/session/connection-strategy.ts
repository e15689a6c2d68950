import { type Strategy, strategies } from "../headers.ts";
import { invalidParameter } from "../invalid-parameter.ts";
import type { Settings } from "../options.ts";
import type { Runtime } from "../runtime.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import { type CallLimits, readCallOptions, runWithin } from "../transport/call-limits.ts";
import { createAnnouncer } from "./announcer.ts";
import type { DeploymentListener } from "./deployment-event.ts";
import type { Detection } from "./detection.ts";
import type { PinnedQuery, Pins } from "./pins.ts";
import type { Sessions } from "./sessions.ts";

/** What is known about the deployment. */
export interface DeploymentView {
  /** The stack that takes new work; nothing before the first query. */
  readonly active: Strategy | undefined;
  /** The stack that was announced as the next one. */
  readonly announced: Strategy | undefined;
}

/** The deployment as a connection sees it at each moment, and what can be done about it by hand. Reading asks nobody. */
export interface ConnectionStrategy extends DeploymentView {
  /** When new work moved to the active stack, in milliseconds since 1970; 0 where none is known. */
  readonly changedAt: number;
  /** When the active stack was last seen to take work, give or take some seconds; 0 where none is known. */
  readonly checkedAt: number;
  /** The stacks on which the connection is signed in. */
  readonly sessions: readonly Strategy[];
  /** The queries that run, each on the stack where it lives until it is cleared. */
  readonly pins: readonly PinnedQuery[];
  /** Tells `listener` of each {@link DeploymentEvent} from now on, until the function that it answers is called. */
  subscribe(listener: DeploymentListener): () => void;
  /**
   * Leads new work to a stack by hand, here and wherever the store is shared, once it has accepted a sign-in. Rejects, and changes
   * nothing, where it does not. A gateway that names another stack on its answers leads back.
   */
  activate(stack: Strategy, limits?: CallLimits): Promise<void>;
  /**
   * Announces a stack by hand, as engines do: the switch is made once it has accepted a sign-in in the background, at the next moment
   * when nothing runs or a query begins or ends. The active stack's name calls off what is announced. While no active stack is known,
   * nothing is announced. Throws `INVALID_PARAMETER` for what is no stack, `CLOSED` once the connection is closed.
   */
  announce(stack: Strategy): void;
  /** Asks anew which stack takes work, the one that is believed to first. Resolves when that is known. */
  refresh(limits?: CallLimits): Promise<void>;
}

/** What stands below a connection, as far as it is looked at. */
interface Parts {
  readonly store: StrategyStore;
  readonly sessions: Sessions;
  readonly detection: Detection;
  readonly pins: Pins;
  readonly settings: Pick<Settings, "recoveryTimeoutMs">;
  readonly runtime: Runtime;
  readonly closing: AbortSignal;
}

/** Looks into a connection, whose `listeners` are told of what happens. */
export function createConnectionStrategy(parts: Parts, listeners: Set<DeploymentListener>): ConnectionStrategy {
  const { store, sessions, detection, pins, runtime, settings, closing } = parts;
  return {
    get active() {
      return store.read().active;
    },
    get announced() {
      return store.read().pending?.stack;
    },
    get changedAt() {
      return store.read().changedAt;
    },
    get checkedAt() {
      return store.read().checkedAt;
    },
    get sessions() {
      return strategies.filter((stack) => sessions.isOpen(stack));
    },
    get pins() {
      return pins.queries;
    },
    subscribe(listener) {
      // Whoever listens twice is told twice, and each undoes its own.
      const own: DeploymentListener = (event) => listener(event);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    async activate(stack, limits = {}) {
      checkStack(stack);
      readCallOptions(limits, "activate()");
      await runWithin(parts, limits, async (signal) => {
        // Before others are heard, what a stack accepts would be news of nothing that they know.
        await store.ready;
        let epoch: string;
        do {
          ({ epoch } = store.read());
          await sessions.ask(stack);
          signal.throwIfAborted();
          // Where somebody else has moved meanwhile, it has accepted what is no more.
        } while (store.read().epoch !== epoch);
        store.dispatch({ type: "accepted", stack, epoch, nextEpoch: runtime.newId(), at: runtime.wallMs() });
      });
    },
    announce(stack) {
      checkStack(stack);
      if (closing.aborted) throw closing.reason;
      createAnnouncer(store, runtime, stack)({ stack, by: "message" });
    },
    async refresh(limits = {}) {
      readCallOptions(limits, "refresh()");
      await runWithin(parts, limits, async (signal) => {
        // That others are heard meanwhile would end the search before it has asked.
        await store.ready;
        await detection.run(undefined, settings.recoveryTimeoutMs, signal);
      });
    },
  };
}

/** Not every caller is compiled by TypeScript. */
function checkStack(stack: Strategy): void {
  if (!strategies.includes(stack)) {
    throw invalidParameter("the stack is neither blue nor green", "pass one of them");
  }
}
