import { createContextKey, type HandlerContext } from "@connectrpc/connect";
import type { Strategy } from "e6data-web/headers";
import type { CallRecord, OpenCall } from "../calls.ts";
import { newStrategy } from "../deployment.ts";
import type { DeploymentStore } from "../deployment-store.ts";
import type { Engine } from "../engine/engine.ts";
import type { MemoryCap } from "../memory-cap.ts";
import type { PlannerQueue } from "../planner-queue.ts";
import type { QueryRegistry } from "../query-registry.ts";
import type { Sessions } from "../sessions.ts";
import type { Settings } from "../settings.ts";

/** What the RPCs of one stack work with. */
export interface StackContext {
  readonly stack: Strategy;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly sessions: Sessions;
  readonly queries: QueryRegistry;
  /** Shared by both stacks, as the engine is. */
  readonly memoryCap: MemoryCap;
  /** Shared by both stacks. */
  readonly plannerQueue: PlannerQueue;
  readonly deployment: DeploymentStore;
}

/** Where the handlers find the record of the call that they answer. */
export const openCallKey = createContextKey<OpenCall | undefined>(undefined, { description: "record of the call" });

/** Adds to the record of a call what only its handler knows. */
export function note(
  context: HandlerContext,
  facts: Partial<Pick<CallRecord, "session" | "sessionKey" | "query" | "user" | "impersonator">>,
): void {
  const call = context.values.get(openCallKey);
  if (call) Object.assign(call, facts);
}

/** The field `new_strategy` of a response, where there is something to say. */
export function announcement({ stack, deployment, settings }: StackContext): { newStrategy?: Strategy } {
  const news = newStrategy(deployment.state, stack, settings.clock.now());
  return news === undefined ? {} : { newStrategy: news };
}

/** The fields that most responses have: the session's id as it is now, and what is announced. */
export function responseFields(stack: StackContext, sessionId: string): { sessionId: string; newStrategy?: Strategy } {
  return { sessionId, ...announcement(stack) };
}
