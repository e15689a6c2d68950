import { isE6Error } from "../error.ts";
import * as cluster from "../gen/cluster_tables.ts";
import type { Strategy } from "../headers.ts";
import type { Credentials } from "../options.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import type { CallOptions, EngineCaller } from "../transport/engine-caller.ts";
import type { Route } from "../transport/route.ts";
import { type ClusterState, parseClusterState } from "./cluster-state.ts";

/** What can be asked of the cluster service. */
export type ClusterCall = "status" | "suspend" | "resume";

/**
 * Asks the cluster service. `strategy`: the stack to ask, by default the active one. Rejects with an `E6Error`.
 */
export type AskCluster = (name: ClusterCall, signal: AbortSignal, strategy?: Strategy) => Promise<ClusterState>;

const timeoutMs = 30_000;

/** Asks the cluster service the way that the connection's credentials ask for. */
export function createAskCluster(call: EngineCaller, credentials: Credentials, store: StrategyStore): AskCluster {
  const request = credentials.kind === "bearer" ? {} : { user: credentials.user, password: credentials.token };
  const calls: Readonly<Record<ClusterCall, (options: CallOptions) => Promise<{ readonly status: string }>>> = {
    status: (options) => call(cluster.status, request, options),
    suspend: (options) => call(cluster.suspend, request, options),
    resume: (options) => call(cluster.resume, request, options),
  };
  return async (name, signal, strategy) => {
    const ask = async (route: Route | undefined) =>
      parseClusterState((await calls[name]({ route, signal, timeoutMs })).status);
    const { active, epoch } = store.read();
    const stack = strategy ?? active;
    if (stack === undefined) {
      return await ask(undefined);
    }
    try {
      return await ask({ strategy: stack, epoch });
    } catch (error) {
      // That stack may be gone since: both answer for the same cluster, and the gateway knows which one is there.
      if (isE6Error(error) && (error.code === "STRATEGY_MISMATCH" || (error.code === "GATEWAY" && error.retryable))) {
        return await ask(undefined);
      }
      throw error;
    }
  };
}
