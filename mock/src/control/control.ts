import type { Strategy } from "e6data-web/headers";
import { strategies } from "e6data-web/headers";
import type { CallLog, CallRecord } from "../calls.ts";
import {
  type ClusterStatus,
  clusterStatus,
  forEachStack,
  type StackManners,
  type StackRole,
  stackRole,
} from "../deployment.ts";
import type { DeploymentStore } from "../deployment-store.ts";
import type { FaultRule, Faults } from "../faults.ts";
import type { PlannerQueue, QueueMessage, QueueState } from "../planner-queue.ts";
import type { SessionView } from "../sessions.ts";
import type { Settings } from "../settings.ts";
import type { RunningStack } from "../stack/running-stack.ts";

/** What one stack is doing. */
export interface StackState extends StackManners {
  readonly port: number;
  readonly role: StackRole;
  /** How many sessions are open. */
  readonly sessions: number;
  /** How many queries are open. */
  readonly queries: number;
}

/** One open session. */
export interface SessionRecord {
  readonly stack: Strategy;
  /** The id that holds now. */
  readonly session: string;
  /** As whom it acts. */
  readonly user: string;
  /** Who signed in, where that is another one. */
  readonly impersonator?: string;
  /** What `setProps` was told so far. */
  readonly props: Readonly<Record<string, unknown>>;
}

/** What a mock is doing. */
export interface MockState {
  readonly active: Strategy;
  readonly announced: Strategy | null;
  /** Until then (milliseconds since the epoch) responses name the active stack; `null` if nothing was called off. */
  readonly calledOffUntil: number | null;
  /** The stack that the last switch left, and how; `null` before the first one. */
  readonly left: { readonly stack: Strategy; readonly hard: boolean } | null;
  readonly cluster: ClusterStatus;
  /** How long the queue for planners is. */
  readonly queue: QueueState;
  readonly stacks: Readonly<Record<Strategy, StackState>>;
  /** The faults that are still to come. */
  readonly faults: readonly FaultRule[];
}

/** What a suspended cluster does when it is resumed through its own service. */
export interface SuspendOptions {
  /** How long it stays `resuming`, in milliseconds. By default as the mock was started. */
  readonly resumeMs?: number;
  /** Whether it ends `failed` instead of `active`. `false` by default. */
  readonly resumeFails?: boolean;
}

/** What a gateway has to know of a deployment. */
export interface DeploymentView {
  readonly active: Strategy;
  readonly announced: Strategy | null;
}

/** Drives a mock from outside: what an operator, or bad luck, would do. */
export interface Control {
  state(): MockState;
  /**
   * Calls the listener whenever another stack becomes active or announced, or an announcement ends, until the function
   * that it returns is called.
   */
  watch(listener: (view: DeploymentView) => void): () => void;
  /** Announces that a stack is going to be the active one; `null` (or the active stack) calls it off. */
  announce(stack: Strategy | null): void;
  /** Makes a stack the active one. The other finishes its queries or, if `hard`, refuses everything at once. */
  switch(stack: Strategy, options?: { readonly hard?: boolean }): void;
  /** Suspends the cluster. Sessions and queries outlast it. */
  suspend(options?: SuspendOptions): void;
  /** Wakes the cluster at once, whatever state it is in. */
  resume(): void;
  /** Ends every session of a stack, or of both. Queries stay. */
  expire(stack?: Strategy): void;
  /** Takes a stack down (it loses connections, sessions and queries) or up again, or changes its manners. */
  setStack(stack: Strategy, manners: Partial<StackManners>): Promise<void>;
  /** Makes each query that comes from now on wait for a planner, so many `identifyPlanner` long; 0: not at all. */
  queue(state: { readonly waits: number; readonly message?: QueueMessage }): void;
  /** The open sessions of both stacks. */
  sessions(): readonly SessionRecord[];
  /** Adds faults to come. Throws an `InputError` if one cannot be. */
  faults(rules: readonly FaultRule[]): void;
  /** Drops the faults that are still to come. */
  clearFaults(): void;
  /** The calls that the stacks got, oldest first: those with a number greater than `after`. */
  calls(after?: number): readonly CallRecord[];
  /**
   * Calls the listener with each call that ends from now on, also those that the record has no room for, until the function that
   * it returns is called.
   */
  watchCalls(listener: (call: CallRecord) => void): () => void;
  /** Forgets the calls so far; their numbers go on. */
  clearCalls(): void;
  /** Everything as at the start: state, sessions, queries, faults and the record of calls. */
  reset(): Promise<void>;
}

/** What a control drives. */
export interface ControlParts {
  readonly settings: Settings;
  readonly deployment: DeploymentStore;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly plannerQueue: PlannerQueue;
  readonly stacks: Readonly<Record<Strategy, RunningStack>>;
}

/** Creates the {@link Control} of a mock. */
export function createControl(parts: ControlParts): Control {
  const { settings, deployment, calls, faults, plannerQueue, stacks } = parts;
  const inTurn = createTurns();
  return {
    state: () => readState(parts),
    watch: (listener) => watchDeployment(deployment, listener),
    announce: (stack) => deployment.dispatch({ type: "announce", stack }),
    switch: (stack, { hard = false } = {}) => deployment.dispatch({ type: "switch", stack, hard }),
    suspend: ({ resumeMs = settings.resumeMs, resumeFails = false } = {}) =>
      deployment.dispatch({ type: "suspend", resumeMs, resumeFails }),
    resume: () => deployment.dispatch({ type: "awake" }),
    expire(stack) {
      for (const one of stack === undefined ? strategies : [stack]) stacks[one].expire();
    },
    setStack: (stack, manners) =>
      inTurn(async () => {
        if (manners.up === false) await stacks[stack].stop();
        if (manners.up === true) await stacks[stack].start();
        deployment.dispatch({ type: "stack", stack, ...manners });
      }),
    queue: ({ waits, message = "WAITING_ON_PLANNER_SCALEUP" }) => plannerQueue.set({ waits, message }),
    sessions: () => strategies.flatMap((stack) => stacks[stack].sessions.map((view) => sessionRecord(stack, view))),
    faults: (rules) => faults.add(rules),
    clearFaults: () => faults.clear(),
    calls: (after) => calls.after(after),
    watchCalls: (listener) => calls.watch(listener),
    clearCalls: () => calls.clear(),
    reset: () =>
      inTurn(async () => {
        faults.clear();
        plannerQueue.reset();
        deployment.reset();
        for (const stack of strategies) await stacks[stack].forget();
        for (const stack of strategies) await stacks[stack].start();
        calls.clear();
      }),
  };
}

function watchDeployment(deployment: DeploymentStore, listener: (view: DeploymentView) => void): () => void {
  let { active, announced } = deployment.state;
  return deployment.subscribe(() => {
    const { state } = deployment;
    if (state.active === active && state.announced === announced) return;
    ({ active, announced } = state);
    listener({ active, announced });
  });
}

function sessionRecord(stack: Strategy, { id, user, impersonator, memory }: SessionView): SessionRecord {
  return { stack, session: id, user, ...(impersonator !== undefined && { impersonator }), props: memory.props };
}

function readState({ settings, deployment, faults, plannerQueue, stacks }: ControlParts): MockState {
  const { active, announced, calledOffUntil, left, stacks: manners } = deployment.state;
  return {
    active,
    announced,
    calledOffUntil,
    left,
    cluster: clusterStatus(deployment.state, settings.clock.now()),
    queue: plannerQueue.state,
    stacks: forEachStack((stack) => ({
      port: stacks[stack].port,
      role: stackRole(deployment.state, stack),
      ...manners[stack],
      sessions: stacks[stack].sessions.length,
      queries: stacks[stack].queries,
    })),
    faults: faults.list(),
  };
}

/** Runs one after the other what touches sockets: two callers at once would start a stack twice. */
function createTurns(): (action: () => Promise<void>) => Promise<void> {
  let last = Promise.resolve();
  return (action) => {
    const turn = last.then(action);
    last = turn.catch(() => undefined);
    return turn;
  };
}
