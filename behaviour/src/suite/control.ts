import type { CallRecord, FaultRule, MockState, SessionRecord, StackManners, SuspendOptions } from "@e6data-web/mock";
import type { Strategy } from "e6data-web";

/** A statement's wait for a planner. */
export interface PlannerQueue {
  readonly waits: number;
  readonly message?: "WAITING_ON_PLANNER_SCALEUP" | "RATE_LIMIT";
}

/** Drives the mock and the gateway from wherever a case runs: by HTTP. */
export interface Control {
  state(): Promise<MockState>;
  announce(stack: Strategy | null): Promise<void>;
  switch(stack: Strategy, options?: { readonly hard?: boolean }): Promise<void>;
  suspend(options?: SuspendOptions): Promise<void>;
  resume(): Promise<void>;
  expire(stack?: Strategy): Promise<void>;
  setStack(stack: Strategy, manners: Partial<StackManners>): Promise<void>;
  queue(queue: PlannerQueue): Promise<void>;
  sessions(): Promise<readonly SessionRecord[]>;
  faults(...rules: readonly FaultRule[]): Promise<void>;
  /** The calls that the stacks got, oldest first: those with a number above `after`. */
  calls(after?: number): Promise<readonly CallRecord[]>;
  /** The names of the calls, each behind its stack: `blue clear`. */
  rpcs(after?: number): Promise<readonly string[]>;
  /** How many queries the engine keeps. */
  openQueries(): Promise<number>;
  reset(): Promise<void>;
  /** Tells the gateway which stack is the active one and which is to be. */
  gateway(state: { readonly active: Strategy; readonly announced?: Strategy }): Promise<void>;
}

/** A control that is reached at an address. */
export function createControl(url: string): Control {
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init = { method, headers: { "content-type": "application/json" } };
    const response = await fetch(url + path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return await response.json();
  };
  const post = async (path: string, body: unknown) => {
    await ask("POST", path, body);
  };
  // What the mock's own interface answers is what its types say.
  const state = async () => (await ask("GET", "/state")) as MockState;
  const calls = async (after = 0) => (await ask("GET", `/calls?after=${after}`)) as readonly CallRecord[];
  return {
    state,
    announce: (stack) => post("/announce", { stack }),
    switch: (stack, options) => post("/switch", { stack, ...options }),
    suspend: (options = {}) => post("/suspend", options),
    resume: () => post("/resume", {}),
    expire: (stack) => post("/expire", stack === undefined ? {} : { stack }),
    setStack: (stack, manners) => post("/stack", { stack, ...manners }),
    queue: (queue) => post("/queue", queue),
    sessions: async () => (await ask("GET", "/sessions")) as readonly SessionRecord[],
    faults: (...rules) => post("/faults", rules),
    calls,
    rpcs: async (after) => (await calls(after)).map(({ stack, rpc }) => `${stack} ${rpc}`),
    async openQueries() {
      const { blue, green } = (await state()).stacks;
      return blue.queries + green.queries;
    },
    reset: () => post("/reset", {}),
    gateway: (wanted) => post("/gateway", wanted),
  };
}
