import { describe, expect, it } from "vitest";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { announced, onBlue } from "../../test/strategy-events.ts";
import { E6Error } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import type { Strategy } from "../headers.ts";
import type { StrategyEvent } from "../strategy/strategy-state.ts";
import { createMemoryStore, type StrategyListener, type StrategyStore } from "../strategy/strategy-store.ts";
import type { DeploymentStep } from "./deployment-event.ts";
import { Follower } from "./follower.ts";
import { Sessions } from "./sessions.ts";
import { StackSession } from "./stack-session.ts";

/** Lets everything go on that waits for nothing. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** A follower of a store that knows blue to be active, in use, and signed in there. */
async function openFollower({ isUsed = true } = {}) {
  const runtime = createManualRuntime();
  const memory = createMemoryStore(onBlue);
  const listeners = new Set<StrategyListener>();
  const subscribe = (listener: StrategyListener) => {
    const unsubscribe = memory.subscribe(listener);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      unsubscribe();
    };
  };
  const store: StrategyStore = { ...memory, subscribe };
  const closing = new AbortController();
  const asked: Strategy[] = [];
  const steps: DeploymentStep[] = [];
  const state = {
    isBusy: false,
    /** How stacks refuse; nothing: they accept. */
    refusal: undefined as E6ErrorCode | undefined,
    gate: Promise.resolve(),
  };
  const signIn = async ({ strategy }: { strategy: Strategy }) => {
    asked.push(strategy);
    const { refusal } = state;
    await state.gate;
    if (refusal !== undefined) throw new E6Error(refusal, refusal, { strategy });
    return new StackSession(strategy, `${strategy}-${asked.length}`);
  };
  const sessions = new Sessions(signIn, store, closing.signal);
  const follower = new Follower(
    sessions,
    store,
    runtime,
    closing.signal,
    () => state.isBusy,
    (step) => steps.push(step),
  );
  if (isUsed) {
    await sessions.on("blue");
    follower.begin();
    follower.stackFor("blue");
    asked.length = 0;
  }
  const tell = async (event: StrategyEvent) => {
    store.dispatch({ ...event, epoch: store.read().epoch, at: runtime.wallMs() });
    await settle();
  };
  const advance = async (milliseconds: number) => {
    runtime.advance(milliseconds);
    await settle();
  };
  return { runtime, store, listeners, closing, asked, steps, state, sessions, follower, tell, advance };
}

const callOff = announced({ stack: "blue" });

describe("Follower, when a stack is announced", () => {
  it("signs in there, and makes the switch at once where nothing runs", async () => {
    const { store, asked, steps, sessions, tell } = await openFollower();
    await tell(announced());
    expect([asked, sessions.isOpen("green"), store.read().active]).toEqual([["green"], true, "green"]);
    expect(steps).toEqual([{ type: "accepted", stack: "green" }]);
  });

  it.each(["safePoint", "begin"] as const)("makes the switch at %s() where something runs", async (moment) => {
    const { store, state, follower, tell } = await openFollower();
    state.isBusy = true;
    await tell(announced());
    expect(store.read()).toMatchObject({ active: "blue", pending: { id: "new" } });
    follower[moment]();
    expect(store.read()).toMatchObject({ active: "green", pending: undefined });
  });

  it("asks the stack anew where a store that was away brings the announcement back", async () => {
    const { runtime, asked, follower, tell, store, listeners } = await openFollower();
    await tell(announced());
    const { active, epoch } = store.read();
    const pending = { id: "new", stack: "green", by: "header", since: 0, heardAt: 0 } as const;
    const row = { ...onBlue, pending };
    const dispatched: StrategyEvent[] = [];
    Object.assign(store, {
      read: () => row,
      dispatch(event: StrategyEvent) {
        dispatched.push(event);
        return row;
      },
    });
    for (const listener of listeners) listener(row, { ...row, active, epoch });
    follower.begin();
    expect([asked, dispatched]).toEqual([["green", "green"], []]);
    await settle();
    expect(dispatched).toMatchObject([{ type: "switched", pendingId: "new" }]);
    expect(runtime.sleeping).toEqual([]);
  });

  it("makes no switch that was called off after its stack had accepted", async () => {
    const { store, state, follower, tell } = await openFollower();
    state.isBusy = true;
    await tell(announced());
    await tell(callOff);
    follower.safePoint();
    expect(store.read().active).toBe("blue");
  });

  it("V3: counts an acceptance only for the announcement that it was asked under", async () => {
    const { store, state, asked, steps, follower, tell } = await openFollower();
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    state.refusal = undefined;
    await tell(announced({ newId: "p1" }));
    await tell(callOff);
    // From here on green refuses; what it was asked before it still accepts.
    state.refusal = "STRATEGY_MISMATCH";
    await tell(announced({ newId: "p2" }));
    gate.resolve();
    await settle();
    follower.safePoint();
    expect([asked, store.read().active, store.read().pending?.id]).toEqual([["green", "green"], "blue", "p2"]);
    expect(steps.map(({ type }) => type)).toEqual(["refused"]);
  });

  it("asks again after a second, twice as long each time up to a minute", async () => {
    const { runtime, asked, state, tell, advance } = await openFollower();
    state.refusal = "STRATEGY_MISMATCH";
    state.isBusy = true;
    await tell(announced());
    const pauses: number[] = [];
    for (let n = 0; n < 9; n++) {
      const [pause = 0] = runtime.sleeping;
      pauses.push(pause);
      await advance(pause);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(asked).toHaveLength(10);
  });

  it.each(["NETWORK", "GATEWAY", "CLUSTER_SUSPENDED", "DEADLINE_EXCEEDED"] as const)(
    "asks again after %s",
    async (code) => {
      const { store, state, tell, advance } = await openFollower();
      state.refusal = code;
      await tell(announced());
      state.refusal = undefined;
      await advance(1_000);
      expect(store.read().active).toBe("green");
    },
  );

  it("asks no more, and leaves no timer, once it is called off", async () => {
    const { runtime, asked, state, tell } = await openFollower();
    state.refusal = "STRATEGY_MISMATCH";
    await tell(announced());
    await tell(callOff);
    expect([asked, runtime.sleeping]).toEqual([["green"], []]);
  });

  it("gives up this announcement, and says so once, where the credentials are wrong", async () => {
    const { runtime, asked, steps, state, follower, tell } = await openFollower();
    state.refusal = "AUTHENTICATION_FAILED";
    await tell(announced({ newId: "p1", by: "message" }));
    follower.begin();
    expect([asked, runtime.sleeping]).toEqual([["green"], []]);
    await tell(announced({ newId: "again" }));
    expect([asked, runtime.sleeping]).toEqual([["green"], []]);
    expect(steps).toMatchObject([{ type: "refused", stack: "green", isFinal: true }]);
    await tell(callOff);
    await tell(announced({ newId: "p2" }));
    expect(asked).toEqual(["green", "green"]);
  });

  it("asks nothing before the first use", async () => {
    const { asked, follower, tell } = await openFollower({ isUsed: false });
    await tell(announced());
    expect(asked).toEqual([]);
    follower.begin();
    await settle();
    expect(asked).toEqual(["green"]);
  });

  it("asks with the first use, also where that comes with the announcement", async () => {
    const { store, asked, follower } = await openFollower({ isUsed: false });
    store.dispatch(announced());
    follower.begin();
    await settle();
    expect(asked).toEqual(["green"]);
  });

  it("stops after five minutes without use, and goes on with the next", async () => {
    const { runtime, asked, state, follower, tell, advance } = await openFollower();
    state.refusal = "STRATEGY_MISMATCH";
    await tell(announced());
    await advance(300_001);
    expect([asked, runtime.sleeping]).toEqual([["green"], []]);
    follower.begin();
    await settle();
    expect(asked).toEqual(["green", "green"]);
  });

  it("goes on for as long as something runs", async () => {
    const { asked, state, tell, advance } = await openFollower();
    state.refusal = "STRATEGY_MISMATCH";
    state.isBusy = true;
    await tell(announced());
    await advance(300_001);
    expect(asked).toEqual(["green", "green"]);
  });

  it("ends with the connection and leaves no timer", async () => {
    const { runtime, closing, asked, listeners, state, tell } = await openFollower();
    state.refusal = "STRATEGY_MISMATCH";
    await tell(announced());
    closing.abort(new Error("closed"));
    expect(listeners.size).toBe(0);
    await tell(callOff);
    await tell(announced({ newId: "p2" }));
    expect([asked, runtime.sleeping]).toEqual([["green"], []]);
  });
});

describe("Follower, when engines alone announce a stack", () => {
  const byEngine = announced({ by: "message" });

  it("moves there where the gateway names none", async () => {
    const { store, follower, tell } = await openFollower();
    follower.note("green", undefined);
    await tell(byEngine);
    expect(store.read().active).toBe("green");
  });

  it("stays while the gateway names the active stack, which would lead back, and asks again later", async () => {
    const { store, asked, follower, tell, advance } = await openFollower();
    follower.note("green", "blue");
    await tell(byEngine);
    expect([asked, store.read().active]).toEqual([["green"], "blue"]);
    follower.note("green", undefined);
    await advance(1_000);
    expect([asked, store.read().active]).toEqual([["green", "green"], "green"]);
  });

  it("asks at once when the gateway announces it too", async () => {
    const { store, follower, tell } = await openFollower();
    follower.note("green", "blue");
    await tell(byEngine);
    await tell(announced({ newId: "other" }));
    expect(store.read()).toMatchObject({ active: "green", pending: undefined });
  });
});

describe("Follower, when others have moved", () => {
  const moved: StrategyEvent = { type: "accepted", stack: "green", epoch: "", nextEpoch: "e2", at: 10_000 };

  it("V15: uses the session it has until it has the new one, for which nothing waits", async () => {
    const { asked, state, follower, tell } = await openFollower();
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    await tell(moved);
    expect([asked, follower.stackFor("green"), follower.stackFor("green")]).toEqual([["green"], "blue", "blue"]);
    gate.resolve();
    await settle();
    expect([asked, follower.stackFor("green")]).toEqual([["green"], "green"]);
  });

  it("uses it no more once it was refused", async () => {
    const { state, follower, tell } = await openFollower();
    state.refusal = "NETWORK";
    await tell(moved);
    expect(follower.stackFor("green")).toBe("blue");
    follower.leave("green");
    expect(follower.stackFor("green")).toBe("blue");
    follower.leave("blue");
    expect(follower.stackFor("green")).toBe("green");
  });

  it("uses the new one at once where it has signed in there already", async () => {
    const { sessions, follower, tell } = await openFollower();
    await sessions.on("green");
    await tell(moved);
    expect(follower.stackFor("green")).toBe("green");
  });

  it("goes to the active stack where the session of the old one has gone as well", async () => {
    const { sessions, state, follower, tell } = await openFollower();
    state.refusal = "NETWORK";
    sessions.forget(await sessions.on("blue"));
    await tell(moved);
    expect(follower.stackFor("green")).toBe("green");
  });

  it("uses the old one that opens first, where neither was open when others moved", async () => {
    const { sessions, asked, follower, tell } = await openFollower();
    sessions.forget(await sessions.on("blue"));
    await tell(moved);
    expect([follower.stackFor("green"), asked]).toEqual(["green", []]);
    await sessions.on("blue");
    expect(follower.stackFor("green")).toBe("blue");
    await settle();
    expect([asked, follower.stackFor("green")]).toEqual([["blue", "green"], "green"]);
  });

  it("keeps what an announced stack has accepted while it signs in elsewhere", async () => {
    const { store, asked, state, follower, tell } = await openFollower();
    const gate = Promise.withResolvers<void>();
    state.isBusy = true;
    state.gate = gate.promise;
    await tell(moved);
    state.gate = Promise.resolve();
    await tell(announced({ stack: "blue", from: "green" }));
    gate.resolve();
    await settle();
    follower.safePoint();
    expect([asked, store.read().active]).toEqual([["green", "blue"], "blue"]);
  });
});
