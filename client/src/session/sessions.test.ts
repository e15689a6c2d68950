import { describe, expect, it } from "vitest";
import { unknownStrategy } from "../strategy/strategy-state.ts";
import { createMemoryStore } from "../strategy/strategy-store.ts";
import { Sessions } from "./sessions.ts";
import { StackSession } from "./stack-session.ts";

/** Sessions whose sign-in numbers them, or fails as long as a test says so. */
function createSessions() {
  const asked: string[] = [];
  const state = { failure: undefined as Error | undefined };
  const signIn = ({ strategy }: { strategy: "blue" | "green" }) => {
    asked.push(strategy);
    return state.failure === undefined
      ? Promise.resolve(new StackSession(strategy, `${strategy}-${asked.length}`))
      : Promise.reject(state.failure);
  };
  const store = createMemoryStore(unknownStrategy("l", "e0"));
  return { asked, state, sessions: new Sessions(signIn, store, new AbortController().signal) };
}

describe("Sessions", () => {
  it("signs in once on each stack and keeps both", async () => {
    const { asked, sessions } = createSessions();
    const blue = await sessions.on("blue");
    const green = await sessions.on("green");
    expect([await sessions.on("blue"), await sessions.on("green")]).toEqual([blue, green]);
    expect(asked).toEqual(["blue", "green"]);
  });

  it("makes one call for those who come at the same time", async () => {
    const { asked, sessions } = createSessions();
    const [first, second] = await Promise.all([sessions.on("blue"), sessions.ask("blue")]);
    expect(first).toBe(second);
    expect(asked).toEqual(["blue"]);
  });

  it("asks again after a failure", async () => {
    const { state, sessions } = createSessions();
    state.failure = new Error("refused");
    await expect(sessions.on("blue")).rejects.toBe(state.failure);
    state.failure = undefined;
    expect((await sessions.on("blue")).strategy).toBe("blue");
  });

  it("asks although a session is open, when it is told to", async () => {
    const { asked, sessions } = createSessions();
    const first = await sessions.on("blue");
    expect(await sessions.ask("blue")).not.toBe(first);
    expect(asked).toHaveLength(2);
  });

  it("forgets a session, but not the one that took its place", async () => {
    const { sessions } = createSessions();
    const first = await sessions.on("blue");
    sessions.forget(first);
    const second = await sessions.on("blue");
    sessions.forget(first);
    expect(await sessions.on("blue")).toBe(second);
  });

  it("asks anew under another view, and keeps what was begun last", async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let asked = 0;
    const store = createMemoryStore(unknownStrategy("l", "e0"));
    const signIn = async ({ strategy, epoch }: { strategy: "blue" | "green"; epoch: string }) => {
      await gates[asked++]?.promise;
      return new StackSession(strategy, epoch);
    };
    const sessions = new Sessions(signIn, store, new AbortController().signal);
    const first = sessions.ask("blue");
    store.dispatch({ type: "accepted", stack: "green", epoch: "e0", nextEpoch: "e1", at: 1 });
    const second = sessions.ask("blue");
    expect(sessions.ask("blue")).toBe(second);
    gates[1]?.resolve();
    await second;
    gates[0]?.resolve();
    expect([(await first).id, (await sessions.on("blue")).id]).toEqual(["e0", "e1"]);
  });
});
