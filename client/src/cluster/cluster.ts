import { type Checks, callable, checkAll, numberFrom } from "../checks.ts";
import { longestSleepMs, type Runtime } from "../runtime.ts";
import { type CallLimits, limitChecks, readCallOptions, runWithin } from "../transport/call-limits.ts";
import type { AskCluster, ClusterCall } from "./cluster-calls.ts";
import type { ClusterState } from "./cluster-state.ts";
import type { SharedWakeUp } from "./shared-wake-up.ts";
import type { ResumeProgress } from "./wake-up.ts";

/** Options of {@link Cluster.resumeAndWait}. */
export interface ResumeOptions extends CallLimits {
  /** Milliseconds between two questions, at least 100. Default: 5000. */
  readonly pollMs?: number | undefined;
  /** Milliseconds until the wait is given up with `RESUME_FAILED`. Default: 300,000, five minutes. */
  readonly timeoutMs?: number | undefined;
  /** Is told how the resume goes on. */
  readonly onProgress?: ((progress: ResumeProgress) => void) | undefined;
}

/** The cluster behind a connection: asleep or awake. */
export interface Cluster {
  /** What the cluster says of itself. */
  status(limits?: CallLimits): Promise<ClusterState>;
  /** Puts the cluster to sleep, for everybody. Answers its state. */
  suspend(limits?: CallLimits): Promise<ClusterState>;
  /** Asks the cluster to wake up, and does not wait until it has. Answers its state. */
  resume(limits?: CallLimits): Promise<ClusterState>;
  /**
   * Wakes the cluster up and waits until it is active. Those who call it at the same time share one resume, with the
   * first one's times. Rejects with `RESUME_FAILED`.
   */
  resumeAndWait(options?: ResumeOptions): Promise<void>;
}

/** What {@link createCluster} works with. */
export interface ClusterContext {
  readonly ask: AskCluster;
  readonly wakeUp: SharedWakeUp;
  readonly runtime: Runtime;
  /** Aborts when the connection is closed. */
  readonly closing: AbortSignal;
}

const resumeChecks: Checks = {
  ...limitChecks,
  pollMs: numberFrom(100, longestSleepMs),
  onProgress: callable,
};

/** The cluster of a connection. */
export function createCluster(context: ClusterContext): Cluster {
  const once =
    (name: ClusterCall) =>
    async (limits: CallLimits = {}) =>
      await runWithin(context, readCallOptions(limits, `${name}()`), (signal) => context.ask(name, signal));
  return {
    status: once("status"),
    suspend: once("suspend"),
    resume: once("resume"),
    async resumeAndWait(options = {}) {
      checkAll(options, resumeChecks, "resumeAndWait()");
      const { pollMs, timeoutMs, onProgress, signal, deadline } = options;
      // Its own time ends a resume with an error of its own.
      await runWithin(context, { signal, deadline }, (all) => context.wakeUp({ pollMs, timeoutMs, onProgress }, all));
    },
  };
}
