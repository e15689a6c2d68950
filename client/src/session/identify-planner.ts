import { E6Error } from "../error.ts";
import {
  identifyPlanner as askForPlanner,
  IdentifyPlannerResponse_QueueMessage_GO_AHEAD as goAhead,
  IdentifyPlannerResponse_QueueMessage_RATE_LIMIT as rateLimit,
} from "../gen/e6x_engine_tables.ts";
import type { Runtime } from "../runtime.ts";
import { waitFor } from "../transport/cancellation.ts";
import type { CallOptions, EngineCaller } from "../transport/engine-caller.ts";

/** The planner that is to prepare a statement, and what the statement was given while it waited for one. */
export interface Planner {
  /** The planner's address; empty where the engine leaves it open. */
  readonly plannerIp: string;
  /** The engine's id of the statement; empty where it gave none. */
  readonly queryId: string;
  /** Milliseconds that the statement waited. */
  readonly elapsedMs: number;
}

/** Why a statement waits for a planner. */
export interface PlannerWait {
  readonly reason: "planner-scale-up" | "rate-limit";
  /** The engine's id of the statement; empty where it gave none. */
  readonly queryId: string;
  /** Milliseconds that the statement has waited so far. */
  readonly elapsedMs: number;
}

/** A statement that needs a planner. */
export interface PlannerRequest {
  readonly catalog: string;
  readonly schema: string;
  readonly queryString: string;
}

const shortestPauseMs = 100;
const longestPauseMs = 2_000;
/** How long a planner is waited for. */
const plannerTimeoutMs = 300_000;

/**
 * Asks for a planner until there is one. It runs nothing, so it may begin anew at any time. Rejects with `RATE_LIMITED` or
 * `DEADLINE_EXCEEDED` if none is there within five minutes.
 */
export async function identifyPlanner(
  call: EngineCaller,
  runtime: Runtime,
  request: PlannerRequest,
  options: CallOptions,
  onWait: (wait: PlannerWait) => void = () => undefined,
): Promise<Planner> {
  const startedAt = runtime.now();
  let existing: { readonly queryId: string; readonly elapsedTimeMillis: bigint } | undefined;
  for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const answer = await call(
      askForPlanner,
      existing === undefined ? { firstTimeRequestPayload: request } : { existingQuery: existing },
      options,
    );
    const queryId = answer.existingQuery?.queryId ?? "";
    const elapsedMs = Math.max(runtime.now() - startedAt, Number(answer.existingQuery?.elapsedTimeMillis ?? 0n));
    if (answer.queueMessage === goAhead) {
      return { plannerIp: answer.plannerIp ?? "", queryId, elapsedMs };
    }
    const reason = answer.queueMessage === rateLimit ? "rate-limit" : "planner-scale-up";
    onWait({ reason, queryId, elapsedMs });
    if (runtime.now() - startedAt + pauseMs > plannerTimeoutMs) {
      throw noPlanner(reason);
    }
    await waitFor(runtime.sleep(pauseMs, options.signal), options.signal);
    // The engine counts on the caller to keep the time that the statement waits.
    existing = { queryId, elapsedTimeMillis: BigInt(Math.round(elapsedMs + pauseMs)) };
  }
}

function noPlanner(reason: PlannerWait["reason"]): E6Error {
  const limited = reason === "rate-limit";
  return new E6Error(
    limited ? "RATE_LIMITED" : "DEADLINE_EXCEEDED",
    `no planner took the statement within ${plannerTimeoutMs} ms`,
    { retryable: true, hint: "try again later" },
  );
}
