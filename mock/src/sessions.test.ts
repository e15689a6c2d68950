import { describe, expect, it } from "vitest";
import { createManualClock } from "./clock.ts";
import { createSessions, type SessionLimits } from "./sessions.ts";

const limits: SessionLimits = { sessionIdleMs: 1000, sessionRefreshMs: undefined, sessionGraceMs: 50, maxSessions: 2 };

function setUp(changed: Partial<SessionLimits> = {}) {
  const clock = createManualClock(5);
  return { clock, sessions: createSessions(clock, { ...limits, ...changed }) };
}

describe("createSessions()", () => {
  it("finds the user of an id, and nobody for an unknown one", () => {
    const { sessions } = setUp();
    const id = sessions.open({ user: "ada" });
    expect(sessions.use(id)).toMatchObject({ user: "ada", id });
    expect(sessions.use("other")).toBe(undefined);
  });

  it("ends a session that nobody used for the idle time, counted from its last use", () => {
    const { clock, sessions } = setUp();
    const id = sessions.open({ user: "ada" });
    clock.advance(999);
    expect(sessions.use(id)).toBeDefined();
    clock.advance(999);
    expect(sessions.use(id)).toBeDefined();
    clock.advance(1000);
    expect(sessions.use(id)).toBe(undefined);
    expect(sessions.size).toBe(0);
  });

  it("lets the session that was unused for the longest time go when there are too many", () => {
    const { sessions } = setUp();
    const [first, second] = [sessions.open({ user: "a" }), sessions.open({ user: "b" })];
    sessions.use(first);
    sessions.open({ user: "c" });
    expect(sessions.use(second)).toBe(undefined);
    expect(sessions.use(first)).toBeDefined();
  });

  it("refreshes an id that is old enough, and keeps the former one for a while", () => {
    const { clock, sessions } = setUp({ sessionRefreshMs: 100 });
    const id = sessions.open({ user: "ada" });
    clock.advance(99);
    expect(sessions.use(id)?.id).toBe(id);
    clock.advance(1);
    const refreshed = sessions.use(id);
    expect(refreshed?.id).not.toBe(id);
    clock.advance(49);
    expect(sessions.use(id)).toEqual(refreshed);
    clock.advance(1);
    expect(sessions.use(id)).toBe(undefined);
    expect(sessions.use(refreshed?.id ?? "")).toEqual(refreshed);
  });

  it("keeps the key over refreshes", () => {
    const { clock, sessions } = setUp({ sessionRefreshMs: 0 });
    const first = sessions.use(sessions.open({ user: "ada" }));
    clock.advance(1);
    const second = sessions.use(first?.id ?? "");
    expect(second?.key).toBe(first?.key);
    expect(second?.id).not.toBe(first?.id);
  });

  it("keeps what a session and what callers with a token remember, each apart, until all ends", () => {
    const { sessions } = setUp({ sessionRefreshMs: 0 });
    const view = sessions.use(sessions.open({ user: "bob", impersonator: "ada" }));
    if (view) view.memory.props = { a: 1 };
    sessions.tokenMemory.props = { b: 2 };
    const other = sessions.open({ user: "bob" });
    expect(sessions.use(view?.id ?? "")).toMatchObject({
      user: "bob",
      impersonator: "ada",
      memory: { props: { a: 1 } },
    });
    expect(sessions.use(other)?.memory.props).toEqual({});
    expect(sessions.list().map(({ user, memory }) => [user, memory.props])).toEqual([
      ["bob", { a: 1 }],
      ["bob", {}],
    ]);
    sessions.clear();
    expect(sessions.tokenMemory.props).toEqual({});
  });

  it("ends every session at once", () => {
    const { sessions } = setUp();
    const id = sessions.open({ user: "ada" });
    sessions.clear();
    expect(sessions.use(id)).toBe(undefined);
  });
});
