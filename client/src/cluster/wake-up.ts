import { E6Error, isE6Error } from "../error.ts";
import type { Strategy } from "../headers.ts";
import type { Runtime } from "../runtime.ts";
import { isPassingFailure } from "../transport/passing-failure.ts";
import type { AskCluster, ClusterCall } from "./cluster-calls.ts";
import type { ClusterState } from "./cluster-state.ts";

/** How a resume goes on. */
export interface ResumeProgress {
  /** What the cluster said last. */
  readonly state: ClusterState;
  /** Milliseconds since the resume began. */
  readonly elapsedMs: number;
}

/** How long a resume is waited for, and how often the cluster is asked. */
export interface WakeUpOptions {
  /** Milliseconds between two questions. Default: 5000. */
  readonly pollMs?: number | undefined;
  /** Milliseconds until the wait is given up. Default: 300,000, five minutes. */
  readonly timeoutMs?: number | undefined;
  /** The stack to ask. Default: the active one. */
  readonly strategy?: Strategy | undefined;
}

/**
 * Resumes the cluster and waits until it is active. Rejects with `RESUME_FAILED` where the cluster cannot be asked or
 * resumed, or takes too long.
 */
export async function wakeUp(
  ask: AskCluster,
  runtime: Runtime,
  { pollMs = 5_000, timeoutMs = 300_000, strategy }: WakeUpOptions,
  signal: AbortSignal,
  report: (progress: ResumeProgress) => void,
): Promise<void> {
  const startedAt = runtime.now();
  const elapsedMs = () => runtime.now() - startedAt;
  let cause: unknown;
  let state: ClusterState | undefined;
  const question = async (name: ClusterCall, isFirst = state === undefined): Promise<ClusterState> => {
    try {
      return await ask(name, signal, strategy);
    } catch (error) {
      // One lost question tells nothing.
      if (isFirst && !signal.aborted && isPassingFailure(error)) return await question(name, false);
      // A cluster that wakes up is not reached at every moment; one that never answered at all is not waking up.
      if (signal.aborted || state === undefined || !isPassingFailure(error)) {
        throw signal.aborted ? error : resumeFailed(`the cluster could not be asked for its ${name}`, error);
      }
      cause = error;
      return state;
    }
  };
  for (;;) {
    state = await question("status");
    if (state === "suspended") {
      state = await question("resume");
    }
    report({ state, elapsedMs: elapsedMs() });
    if (state === "active") {
      return;
    }
    if (state !== "resuming" && state !== "suspended") {
      throw resumeFailed("the cluster is in no state to be resumed");
    }
    if (elapsedMs() + pollMs > timeoutMs) {
      throw resumeFailed(`the cluster was not active within ${timeoutMs} ms`, cause, true);
    }
    await runtime.sleep(pollMs, signal);
  }
}

function resumeFailed(message: string, cause: unknown = undefined, retryable = isE6Error(cause) && cause.retryable) {
  const hint = "look at the cluster's state in its console";
  return new E6Error("RESUME_FAILED", message, { ...(cause === undefined ? {} : { cause }), retryable, hint });
}
