import { parseStrategy, type Strategy, strategies } from "e6data-web/headers";
import type { CallClass } from "e6data-web/proto";

/** For how long, in milliseconds, responses name the active stack after an announcement was called off. */
export const calledOffMs = 60_000;

/** What a stack is to new work: the active one, one that was switched away from, or one that waits for its turn. */
export type StackRole = "active" | "draining" | "standby";

/** What the cluster service answers to `status`. */
export type ClusterStatus = "active" | "suspended" | "resuming" | "failed";

/** How one stack behaves. */
export interface StackManners {
  /** Whether it listens at all. */
  readonly up: boolean;
  /** Whether it takes new work while it is announced and not active yet. */
  readonly acceptsWhileStandby: boolean;
  /** Whether it takes new work after a soft switch to the other stack. */
  readonly acceptsWhileDraining: boolean;
}

/** What a cluster does when somebody resumes it. */
export interface Resumption {
  /** How long it stays `resuming`, in milliseconds. */
  readonly resumeMs: number;
  /** Whether it ends `failed` instead of `active`. */
  readonly resumeFails: boolean;
}

type Cluster =
  | { readonly status: "active" }
  | { readonly status: "suspended"; readonly resumption: Resumption }
  | { readonly status: "resuming"; readonly until: number; readonly resumption: Resumption };

/** The whole state of a blue/green deployment, apart from sessions and queries. Times in milliseconds since the epoch. */
export interface Deployment {
  readonly active: Strategy;
  /** The stack that is announced to become the active one. */
  readonly announced: Strategy | null;
  /** Until then responses name the active stack: an announcement was called off. */
  readonly calledOffUntil: number | null;
  /** The stack that the last switch left, and whether hard: then it refuses even calls about its running queries. */
  readonly left: { readonly stack: Strategy; readonly hard: boolean } | null;
  readonly cluster: Cluster;
  readonly stacks: Readonly<Record<Strategy, StackManners>>;
}

/** What can happen to a {@link Deployment}. */
export type DeploymentEvent =
  | { readonly type: "announce"; readonly stack: Strategy | null }
  | { readonly type: "switch"; readonly stack: Strategy; readonly hard: boolean }
  | ({ readonly type: "suspend" } & Resumption)
  | { readonly type: "resume" }
  | { readonly type: "awake" }
  | ({ readonly type: "stack"; readonly stack: Strategy } & Partial<StackManners>);

const defaultManners: StackManners = { up: true, acceptsWhileStandby: true, acceptsWhileDraining: false };

/** A deployment as it begins: nothing announced, both stacks up, the cluster awake. */
export function initialDeployment(active: Strategy): Deployment {
  return {
    active,
    announced: null,
    calledOffUntil: null,
    left: null,
    cluster: { status: "active" },
    stacks: { blue: defaultManners, green: defaultManners },
  };
}

/** The other stack. */
export function otherStack(stack: Strategy): Strategy {
  return stack === "blue" ? "green" : "blue";
}

/** The deployment after an event at the time `now`. Pure; an event that changes nothing returns the same object. */
export function changeDeployment(state: Deployment, event: DeploymentEvent, now: number): Deployment {
  switch (event.type) {
    case "announce":
      return announce(state, event.stack, now);
    case "switch":
      return switchTo(state, event.stack, event.hard);
    case "suspend":
      return { ...state, cluster: { status: "suspended", resumption: event } };
    case "resume":
      return resume(state, now);
    case "awake":
      return { ...state, cluster: { status: "active" } };
    case "stack": {
      const { type: _, stack, ...manners } = event;
      return { ...state, stacks: { ...state.stacks, [stack]: { ...state.stacks[stack], ...manners } } };
    }
  }
}

/** Announcing the active stack means what announcing nothing means: what was announced is called off. */
function announce(state: Deployment, stack: Strategy | null, now: number): Deployment {
  if (stack !== null && stack !== state.active) return { ...state, announced: stack, calledOffUntil: null };
  if (state.announced === null) return state;
  return { ...state, announced: null, calledOffUntil: now + calledOffMs };
}

function switchTo(state: Deployment, stack: Strategy, hard: boolean): Deployment {
  if (stack === state.active) return { ...state, announced: null };
  return { ...state, active: stack, announced: null, calledOffUntil: null, left: { stack: state.active, hard } };
}

function resume(state: Deployment, now: number): Deployment {
  if (state.cluster.status !== "suspended") return state;
  const { resumption } = state.cluster;
  return { ...state, cluster: { status: "resuming", until: now + resumption.resumeMs, resumption } };
}

/** The cluster's status at the time `now`. */
export function clusterStatus({ cluster }: Deployment, now: number): ClusterStatus {
  if (cluster.status !== "resuming" || now < cluster.until) return cluster.status;
  return cluster.resumption.resumeFails ? "failed" : "active";
}

/** The role of a stack. */
export function stackRole(state: Deployment, stack: Strategy): StackRole {
  if (stack === state.active) return "active";
  return state.left?.stack === stack && state.announced !== stack ? "draining" : "standby";
}

/** A call as the load balancer in front of a stack sees it. */
export interface Arrival {
  /** The stack that was reached. */
  readonly stack: Strategy;
  /** What the call is to a switch; `cluster` for the cluster service, which always answers. */
  readonly class: CallClass | "cluster";
  /** The `strategy` header as it came, if there was one. */
  readonly strategy: string | undefined;
}

/** The bare HTTP status with which the load balancer refuses a call, or `undefined` if it lets the call through. */
export function refusal(state: Deployment, arrival: Arrival, now: number): 456 | 503 | undefined {
  if (arrival.class === "cluster") return undefined;
  if (clusterStatus(state, now) !== "active") return 503;
  if (arrival.strategy !== undefined && parseStrategy(arrival.strategy) !== arrival.stack) return 456;
  return admits(state, arrival.stack, arrival.class) ? undefined : 456;
}

function admits(state: Deployment, stack: Strategy, callClass: CallClass): boolean {
  const role = stackRole(state, stack);
  if (role === "active") return true;
  const leftHard = state.left?.stack === stack && state.left.hard && role === "draining";
  if (leftHard) return false;
  if (callClass === "continue") return true;
  const manners = state.stacks[stack];
  return role === "draining" ? manners.acceptsWhileDraining : state.announced === stack && manners.acceptsWhileStandby;
}

/**
 * What a response of `stack` says in its field `new_strategy`: the announced stack (but not on that stack's own
 * responses), or for a while the active one after an announcement was called off.
 */
export function newStrategy(state: Deployment, stack: Strategy, now: number): Strategy | undefined {
  if (state.announced !== null) return state.announced === stack ? undefined : state.announced;
  return state.calledOffUntil !== null && now < state.calledOffUntil ? state.active : undefined;
}

/** One value for each stack. */
export function forEachStack<T>(make: (stack: Strategy) => T): Record<Strategy, T> {
  const [blue, green] = strategies;
  return { blue: make(blue), green: make(green) };
}
