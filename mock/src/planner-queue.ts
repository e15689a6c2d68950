import type { Clock } from "./clock.ts";

/** Why a query has to wait for a planner. */
export const queueMessages = ["WAITING_ON_PLANNER_SCALEUP", "RATE_LIMIT"] as const;

/** See {@link queueMessages}. */
export type QueueMessage = (typeof queueMessages)[number];

/** How long the queue for planners is. */
export interface QueueState {
  /** How many times each query that comes is told to wait. 0: it may go ahead at once. */
  readonly waits: number;
  /** What it is told meanwhile. */
  readonly message: QueueMessage;
}

/** What `identifyPlanner` answers. */
export interface QueueAnswer {
  readonly queryId: string;
  /** Since the query was first heard of. */
  readonly elapsedMs: number;
  /** `undefined`: it may go ahead. */
  readonly message: QueueMessage | undefined;
}

/** The queue of queries for planners; both stacks have the same one. */
export interface PlannerQueue {
  readonly state: QueueState;
  /** Changes the queue for the queries that come from now on. */
  set(state: QueueState): void;
  /** Asks for a query: a new one without an id, else the one that was given this id. */
  ask(user: string, queryId: string | undefined): QueueAnswer;
  /** Takes a query out of the queue; whether it was in it, as this user's. */
  take(user: string, queryId: string): boolean;
  /** As at the start. */
  reset(): void;
}

interface Place {
  readonly user: string;
  readonly since: number;
  waits: number;
  readonly message: QueueMessage;
}

const noQueue: QueueState = { waits: 0, message: "WAITING_ON_PLANNER_SCALEUP" };

/** How many queries that nobody prepared are remembered: the oldest go. */
const maxPlaces = 10_000;

/** Creates a queue in which nobody waits. */
export function createPlannerQueue(clock: Clock): PlannerQueue {
  const places = new Map<string, Place>();
  let state = noQueue;
  const enter = (user: string): string => {
    const id = crypto.randomUUID();
    places.set(id, { user, since: clock.now(), ...state });
    const [oldest] = places.keys();
    if (oldest !== undefined && places.size > maxPlaces) places.delete(oldest);
    return id;
  };
  const placeOf = (user: string, id: string): Place | undefined => {
    const place = places.get(id);
    return place?.user === user ? place : undefined;
  };
  return {
    get state() {
      return state;
    },
    set(next) {
      state = next;
    },
    ask(user, queryId) {
      // An id that is not known (any more) begins anew under another one: nobody may choose one.
      const id = queryId !== undefined && placeOf(user, queryId) ? queryId : enter(user);
      const place = placeOf(user, id);
      const elapsedMs = clock.now() - (place?.since ?? clock.now());
      if (!place || place.waits === 0) return { queryId: id, elapsedMs, message: undefined };
      place.waits -= 1;
      return { queryId: id, elapsedMs, message: place.message };
    },
    take: (user, queryId) => placeOf(user, queryId) !== undefined && places.delete(queryId),
    reset() {
      places.clear();
      state = noQueue;
    },
  };
}
