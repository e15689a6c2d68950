import { describe, expect, it } from "vitest";
import { nextSession, type SessionState } from "./session-state.ts";

const connection = { query: () => Promise.reject(new Error("unused")), close: () => Promise.resolve() };
const who = { connection, who: "ada", gatewayUrl: "http://127.0.0.1:8080" };
const signedIn: SessionState = { kind: "signedIn", ...who, strategy: "blue" };
const failure = { code: "NETWORK", message: "down", retryable: true } as const;

describe("nextSession()", () => {
  it("signs in", () => {
    const signingIn = nextSession({ kind: "signedOut" }, { kind: "start" });
    expect(signingIn).toEqual({ kind: "signingIn" });
    expect(nextSession(signingIn, { kind: "accept", ...who, strategy: "blue" })).toEqual(signedIn);
  });

  it("keeps why a sign-in failed, until the next one", () => {
    const failed = nextSession({ kind: "signingIn" }, { kind: "fail", failure });
    expect(failed).toEqual({ kind: "signedOut", failure });
    expect(nextSession(failed, { kind: "start" })).toEqual({ kind: "signingIn" });
  });

  it("tells a move from one stack to the other once", () => {
    const moved = nextSession(signedIn, { kind: "answer", strategy: "green" });
    expect(moved).toEqual({ ...signedIn, strategy: "green", movedFrom: "blue" });
    const settled = nextSession(moved, { kind: "answer", strategy: "green" });
    expect(settled).toEqual({ ...signedIn, strategy: "green" });
  });

  it("forgets everything at the end", () => {
    expect(nextSession(signedIn, { kind: "end" })).toEqual({ kind: "signedOut" });
  });

  it.each([
    ["accept", { kind: "signedOut" }, { kind: "accept", ...who, strategy: "blue" }],
    ["fail", { kind: "signedOut" }, { kind: "fail", failure }],
    ["start", signedIn, { kind: "start" }],
    ["answer", { kind: "signedOut" }, { kind: "answer", strategy: "green" }],
  ] as const)("ignores a late %s", (_, state, event) => {
    expect(nextSession(state, event)).toBe(state);
  });
});
