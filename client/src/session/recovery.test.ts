import { describe, expect, it } from "vitest";
import { E6Error, type E6ErrorDetails } from "../error.ts";
import { type E6ErrorCode, errorCodes } from "../error-code.ts";
import { type CallKind, type Cure, cureOf, type Failure, failureOf } from "./recovery.ts";

const calls = [
  "detection",
  "sign-in",
  "new",
  "change",
  "prepare",
  "execute",
  "read",
  "fetch",
  "end",
] as const satisfies readonly CallKind[];

/** What each failure of each call is cured by at its first, second, third and tenth time: by the letters of {@link letters}. */
const expected: Readonly<Record<Failure, string>> = {
  //                   detection sign-in new  change prepare execute read fetch end
  mismatch: /*          */ "---- dddd dddd dddd dddd bbbb rrrr rrrr ----",
  "session-gone": /*    */ "---- ==== ss-- ss-- ss-- rr-- rr-- rr-- ----",
  "session-refreshed": /**/ "---- ---- ==== ==== ==== ==== ==== ==== ----",
  suspended: /*         */ "ww-- ww-- ww-- ww-- ww-- ww-- ww-- ww-- ----",
  "not-reached": /*     */ "---- =ddd =ddd =ddd =ddd =bbb =rrr =rrr ----",
  limited: /*           */ "---- ==== ==== ==== ==== ==== ==== ==== ----",
  lost: /*              */ "---- =ddd =ddd ---- =ddd rrrr =rrr rrrr ----",
  "timed-out": /*       */ "---- dddd ---- ---- ---- ---- ---- ---- ----",
  unauthenticated: /*   */ "---- ---- ---- ---- ---- r--- ---- r--- ----",
  gone: /*              */ "---- ---- ---- ---- ---- rrrr rrrr rrrr ----",
  final: /*             */ "---- ---- ---- ---- ---- ---- ---- ---- ----",
};

const letters: Readonly<Record<Cure, string>> = {
  repeat: "=",
  "sign-in": "s",
  detect: "d",
  "wake-up": "w",
  restart: "r",
  "begin-again": "b",
  "give-up": "-",
};

const failures = Object.keys(expected) as Failure[];

function rowOf(failure: Failure, isPossible: (cure: Cure) => boolean = () => true): string {
  const cellOf = (call: CallKind) => [1, 2, 3, 10].map((n) => letters[cureOf(failure, call, n, isPossible)]).join("");
  return calls.map(cellOf).join(" ");
}

describe("cureOf()", () => {
  it.each(failures)("knows what to do about each call that fails so: %s", (failure) => {
    expect(rowOf(failure)).toBe(expected[failure]);
  });

  it("runs nothing again that may have begun, unless it only reads", () => {
    const cures = (failures: readonly Failure[], calls: readonly CallKind[]) =>
      failures.flatMap((failure) =>
        calls.flatMap((call) => [1, 2, 3].map((n) => cureOf(failure, call, n, (cure) => cure !== "restart"))),
      );
    expect(new Set(cures(["lost", "gone", "timed-out"], ["change", "execute", "fetch"]))).toEqual(new Set(["give-up"]));
    // A session that is refused has begun nothing without a query; with one, another session has not prepared it.
    expect(new Set(cures(["session-gone"], ["execute", "fetch"]))).toEqual(new Set(["give-up"]));
  });

  it("falls back to what stands before a cure that is impossible", () => {
    const without =
      (...impossible: Cure[]) =>
      (cure: Cure) =>
        !impossible.includes(cure);
    expect(rowOf("not-reached", without("detect", "restart", "begin-again"))).toBe(
      "---- ==== ==== ==== ==== ==== ==== ==== ----",
    );
    expect(rowOf("lost", without("restart"))).toBe("---- =ddd =ddd ---- =ddd ---- ==== ---- ----");
    expect(rowOf("suspended", without("wake-up"))).toBe(expected.final);
    expect(rowOf("mismatch", without("detect", "restart", "begin-again"))).toBe(expected.final);
  });
});

describe("failureOf()", () => {
  const known: Readonly<Partial<Record<E6ErrorCode, Failure>>> = {
    STRATEGY_MISMATCH: "mismatch",
    SESSION_EXPIRED: "session-gone",
    CLUSTER_SUSPENDED: "suspended",
    NETWORK: "lost",
    GATEWAY: "lost",
    DEADLINE_EXCEEDED: "timed-out",
    AUTHENTICATION_FAILED: "unauthenticated",
    NOT_FOUND: "gone",
  };

  it.each(errorCodes)("reads %s", (code) => {
    expect(failureOf(new E6Error(code, "m"))).toBe(known[code] ?? "final");
  });

  it.each<[E6ErrorCode, E6ErrorDetails, Failure]>([
    ["GATEWAY", { retryable: true, reason: "NO_HEALTHY_UPSTREAM" }, "not-reached"],
    ["GATEWAY", { retryable: false, reason: "UPSTREAM_RESET" }, "lost"],
    ["GATEWAY", { retryable: false, reason: "NO_ROUTE" }, "final"],
    ["GATEWAY", { retryable: false, reason: "INVALID_STRATEGY" }, "final"],
    // An engine's own word: it was reached.
    ["GATEWAY", { retryable: true }, "lost"],
    ["NETWORK", { retryable: true }, "lost"],
    ["RATE_LIMITED", { retryable: true, reason: "RATE_LIMITED" }, "limited"],
    // No planner within five minutes.
    ["RATE_LIMITED", { retryable: true }, "final"],
    ["RESOURCE_EXHAUSTED", { retryable: true, reason: "OVERLOADED" }, "limited"],
    ["RESOURCE_EXHAUSTED", { retryable: true }, "final"],
    ["RESOURCE_EXHAUSTED", { reason: "REQUEST_TOO_LARGE" }, "final"],
  ])("reads %s with %j as %s", (code, details, failure) => {
    expect(failureOf(new E6Error(code, "m", details))).toBe(failure);
  });

  it("tells a session that has another id by now from one that is gone", () => {
    expect(failureOf(new E6Error("SESSION_EXPIRED", "m"), true)).toBe("session-refreshed");
  });
});
