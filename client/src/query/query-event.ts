import { E6Error, isE6Error, knownPlace } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import { harmlessly } from "../harmlessly.ts";
import type { Strategy } from "../headers.ts";
import type { Runtime } from "../runtime.ts";
import type { AccessWait } from "../session/engine-access.ts";
import type { PlannerWait } from "../session/identify-planner.ts";

/** What has just happened in the life of a query. Only what was seen is told; a step that did not happen is left out. */
export type QueryStep =
  /** A sign-in, the search for the active stack, or a cluster that wakes up is waited for. */
  | AccessWait
  /** The engine lets the statement wait for a planner; told only where `awaitPlanner` asks for one. */
  | { readonly type: "queued"; readonly reason: PlannerWait["reason"] }
  /** The statement was handed to an engine. Another one follows where the stack, the session or the query was gone. */
  | { readonly type: "planning" }
  /** The query is lost at its engine, by a failure of this code, and begins again: all rows that had come will come once more. */
  | { readonly type: "restarting"; readonly code: E6ErrorCode }
  /** The engine has accepted the statement. `rows`: how many it has found so far, where it said so. */
  | { readonly type: "running"; readonly rows?: number }
  /**
   * Batches have come: `batch` of them so far with `rows` in all, of a total of `rowCount` rows and, by estimate, of
   * `batches`, where the engine knew the total.
   */
  | {
      readonly type: "fetching";
      readonly batch: number;
      readonly rows: number;
      readonly rowCount?: number;
      readonly batches?: number;
    }
  /** All rows have come. */
  | { readonly type: "done"; readonly rows: number }
  | { readonly type: "failed"; readonly error: E6Error }
  /** The caller ended the query before its last row had come: by signal, `break`, `cancel()` or `close()`. */
  | { readonly type: "cancelled" }
  /** The caller let go of the query, which stays at the engine: by `detach()`. */
  | { readonly type: "detached" };

/** A step of a query's life, and when. The last one is `done`, `failed`, `cancelled` or `detached`. */
export type QueryEvent = QueryStep & {
  /** Milliseconds since the query was asked for. */
  readonly elapsedMs: number;
  /** The engine's id of the query, once there is one. */
  readonly queryId?: string;
  /** The stack that the query is on, once it is chosen. */
  readonly strategy?: Strategy;
};

/** Where a query is, as far as it is known. */
export type QueryPlace = Pick<QueryEvent, "queryId" | "strategy">;

/** Tells a listener of a query's steps. */
export type Report = (step: QueryStep, place?: QueryPlace) => void;

/** Is told of each step of a query. What it throws goes to `reportError()` and never touches the query. */
export type QueryListener = (event: QueryEvent) => void;

type LastType = "done" | "failed" | "cancelled" | "detached";

const lastTypes: ReadonlySet<QueryStep["type"]> = new Set<LastType>(["done", "failed", "cancelled", "detached"]);

/** True for the last step of a query. */
export function isLast<Step extends QueryStep>(step: Step): step is Extract<Step, { readonly type: LastType }> {
  return lastTypes.has(step.type);
}

/** The last step of a query that failed or was ended. */
export function lastStep(error: unknown): QueryStep {
  if (!isE6Error(error)) {
    return { type: "failed", error: new E6Error("INTERNAL", "the query failed", { cause: error }) };
  }
  return error.code === "CANCELLED" || error.code === "CLOSED" ? { type: "cancelled" } : { type: "failed", error };
}

/** Gives each step its time and hands it on to all listeners, up to the last; nothing where nobody listens. */
export function createReport(listeners: readonly QueryListener[], runtime: Runtime): Report | undefined {
  if (listeners.length === 0) {
    return undefined;
  }
  const startedAt = runtime.now();
  let ended = false;
  return (step, place) => {
    if (ended) return;
    ended = isLast(step);
    // A query that had not begun to run failed where its error says.
    const event = {
      ...step,
      ...(place ?? (step.type === "failed" && knownPlace(step.error))),
      elapsedMs: runtime.now() - startedAt,
    };
    for (const listener of listeners) harmlessly(() => listener(event));
  };
}

/** Does what comes before a query begins. A refusal is the query's one and only step for the listener that was to follow it. */
export function beforeQuery<T>(options: object, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // Not every caller is compiled by TypeScript, and the options may be what is wrong.
    const { onEvent }: { readonly onEvent?: unknown } = Object(options);
    if (typeof onEvent === "function") harmlessly(() => onEvent({ ...lastStep(error), elapsedMs: 0 }));
    throw error;
  }
}
