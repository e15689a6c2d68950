import type { Strategy } from "e6data-web/headers";
import type { CallLog } from "../calls.ts";
import type { DeploymentStore } from "../deployment-store.ts";
import type { Engine } from "../engine/engine.ts";
import type { Faults } from "../faults.ts";
import type { MemoryCap } from "../memory-cap.ts";
import type { PlannerQueue } from "../planner-queue.ts";
import type { QueryRegistry } from "../query-registry.ts";
import { createSessions, type SessionView } from "../sessions.ts";
import type { Settings } from "../settings.ts";
import { createEngineRpcs } from "./engine-rpcs.ts";
import type { StackContext } from "./stack-context.ts";
import { createStackServer } from "./stack-server.ts";

/** One of the two stacks, with its sessions and queries. */
export interface RunningStack {
  readonly port: number;
  /** The open sessions. */
  readonly sessions: readonly SessionView[];
  /** How many queries are open. */
  readonly queries: number;
  /** Listens, on the same port as before. */
  start(): Promise<void>;
  /** Cuts every connection, stops listening and forgets sessions and queries, as a killed stack does. */
  stop(): Promise<void>;
  /** Ends every session; queries stay. */
  expire(): void;
  /** Forgets sessions and queries. */
  forget(): Promise<void>;
}

/** What a stack is made of. */
export interface StackParts {
  readonly stack: Strategy;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly queries: QueryRegistry;
  readonly memoryCap: MemoryCap;
  readonly plannerQueue: PlannerQueue;
  readonly deployment: DeploymentStore;
  readonly calls: CallLog;
  readonly faults: Faults;
  /** 0 for any that is free. */
  readonly port: number;
}

/** Creates a stack that does not listen yet. */
export function createRunningStack(parts: StackParts): RunningStack {
  const { stack, settings, engine, queries, memoryCap, plannerQueue, deployment, calls, faults } = parts;
  const sessions = createSessions(settings.clock, settings);
  const context: StackContext = { stack, settings, engine, sessions, queries, memoryCap, plannerQueue, deployment };
  const server = createStackServer(
    { stack: context, faults, calls, engineRpcs: createEngineRpcs(context) },
    parts.port,
  );
  const forget = (): Promise<void> => {
    sessions.clear();
    return queries.clear();
  };
  return {
    get port() {
      return server.port;
    },
    get sessions() {
      return sessions.list();
    },
    get queries() {
      return queries.size;
    },
    start: () => server.start(),
    async stop() {
      await server.stop();
      await forget();
    },
    expire: () => sessions.clear(),
    forget,
  };
}
