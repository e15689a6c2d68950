import { describe, expect, it } from "vitest";
import { type Calls, exposition } from "../../test/call-counts.ts";
import { readObject } from "../config/reader.ts";
import { readWatch } from "../config/watch.ts";
import type { ChangeVerb, DeploymentState } from "../deploy/deployment-state.ts";
import { firstAnalysis, observe, type Step } from "./analysis.ts";
import { type Counts, noCounts, sumCounts } from "./counts.ts";
import { parseExposition } from "./exposition.ts";
import { readTally } from "./read-tally.ts";
import type { WatchEvent } from "./watch-event.ts";

const tick = 1000;

const settings = readObject(
  {
    interval: "1s",
    window: "2s",
    longestWindow: "6s",
    deadline: "20s",
    passes: 3,
    failures: { count: 2, of: 3 },
    checks: ["errorRate", "mismatchRate", "p99.new"],
    hooks: [],
  },
  { path: "watch", folder: "/" },
  readWatch,
);

const stateOf = (version: number, verb: ChangeVerb, rest: Partial<DeploymentState> = {}): DeploymentState => ({
  version,
  stacks: { blue: "active", green: "standby" },
  change: { verb, at: "2026-01-01T00:00:00Z" },
  ...rest,
});
const begun = stateOf(1, "begin");
const announced = stateOf(2, "announce", { announced: "green" });
const promoted = stateOf(3, "promote", { stacks: { blue: "standby", green: "active" }, former: "blue" });
const draining = stateOf(4, "drain", { stacks: { blue: "draining", green: "active" }, former: "blue" });
const rolledBack = stateOf(4, "rollback");

const good = (stack: Calls["stack"], count = 100): Calls => ({ stack, count });
const bad = (stack: Calls["stack"], count = 25): Calls => ({ stack, count, grpc: 14 });
const sick: readonly Calls[] = [good("green", 400), bad("green", 100)];
const well: readonly Calls[] = [good("green")];

/** A watch of which each look is a second after the one before. */
class Looks {
  readonly events: WatchEvent[] = [];
  rollback: Step["rollback"];
  #analysis = firstAnalysis;
  #past: Counts;
  #at = 0;

  constructor(past: readonly Calls[] = [good("blue", 1000)]) {
    this.#past = parseExposition(exposition(...past));
  }

  look(
    deployment: DeploymentState,
    calls: readonly Calls[] = [],
    silent: readonly string[] = [],
    gaps: readonly string[] = [],
  ): this {
    this.#at += tick;
    const counts = parseExposition(exposition(...calls));
    const step = observe(
      this.#analysis,
      { at: this.#at, deployment, counts, past: this.#past, silent, gaps },
      settings,
    );
    this.#past = noCounts;
    this.#analysis = step.analysis;
    this.events.push(...step.events);
    this.rollback = step.rollback;
    return this;
  }

  /** One window, at whose end a verdict can be given. */
  window(deployment: DeploymentState, calls: readonly Calls[] = [], silent: readonly string[] = []): this {
    return this.look(deployment, calls, silent).look(deployment, [], silent);
  }

  get names(): readonly string[] {
    return this.events.map((event) => (event.event === "window" ? `window ${event.verdict}` : event.event));
  }
}

describe("observe(): a new stack", () => {
  it("is taken back within two windows where a fifth of its calls fail", () => {
    const looks = new Looks().look(begun).look(announced).look(promoted).window(promoted, sick).window(promoted, sick);
    expect(looks.names).toEqual(["announced", "promoted", "window fail", "window fail", "failed"]);
    expect(looks.rollback).toEqual({
      phase: "promoted",
      candidate: "green",
      former: "blue",
      version: 3,
      reason:
        "green (promoted) has failed 2 of 2 windows: errorRate 20 % of 500 calls (limit 5 %, blue 0 % before the watch)",
    });
  });

  it("is taken back where its slowest calls take five times as long", () => {
    const slow: readonly Calls[] = [good("green", 90), { ...good("green", 10), ms: 1900 }];
    const past: readonly Calls[] = [good("blue", 900), { ...good("blue", 100), ms: 390 }];
    const looks = new Looks(past).look(promoted).window(promoted, slow).window(promoted, slow);
    expect(looks.names).toEqual(["promoted", "window fail", "window fail", "failed"]);
    expect(looks.rollback?.reason).toContain(
      "p99.new 1900 ms of 100 calls (limit 1410 ms, blue 470 ms before the watch)",
    );
  });

  it("passes after three good windows, once, and is watched on", () => {
    const looks = new Looks().look(promoted);
    for (let number = 0; number < 4; number += 1) {
      looks.window(promoted, well);
    }
    expect(looks.names).toEqual([
      "promoted",
      ...["window pass", "window pass", "window pass", "passed"],
      "window pass",
    ]);
    looks.window(promoted, sick).window(promoted, sick);
    expect(looks.names.slice(-1)).toEqual(["failed"]);
  });

  it("begins to pass anew after a window that failed", () => {
    const looks = new Looks().look(promoted);
    for (const calls of [well, well, sick, well, well]) {
      looks.window(promoted, calls);
    }
    expect(looks.names).not.toContain("passed");
    expect(looks.window(promoted, well).names.at(-1)).toBe("passed");
  });

  it("is not judged by what came before its phase", () => {
    const looks = new Looks().look(announced).look(announced, sick).look(promoted, sick).window(promoted, well);
    expect(looks.names).toEqual(["announced", "promoted", "window pass"]);
  });

  it("fails in every phase, also by one window in each", () => {
    const looks = new Looks().look(announced).window(announced, sick).look(promoted).window(promoted, sick);
    expect(looks.names).toEqual(["announced", "window fail", "promoted", "window fail", "failed"]);
    expect(new Looks().look(announced).window(announced, sick).window(announced, sick).rollback?.phase).toBe(
      "announced",
    );
    expect(new Looks().look(draining).window(draining, sick).window(draining, sick).rollback?.phase).toBe("draining");
  });

  it("may refuse work while it is only announced", () => {
    const refusing: readonly Calls[] = [good("green"), { stack: "green", count: 100, http: 456, grpc: 2 }];
    const looks = new Looks().look(announced).window(announced, refusing).look(promoted).window(promoted, refusing);
    expect(looks.names).toEqual(["announced", "window pass", "promoted", "window fail"]);
  });

  it("does not pass in one phase by windows of another", () => {
    const looks = new Looks().look(announced).window(announced, well).window(announced, well);
    looks.look(promoted).window(promoted, well).window(promoted, well);
    expect(looks.names).not.toContain("passed");
    expect(looks.window(promoted, well).names).toContain("passed");
  });
});

describe("observe(): too little to judge by", () => {
  it("is neither success nor failure: no calls end inconclusive, once", () => {
    const looks = new Looks().look(promoted);
    for (let second = 0; second < 40; second += 1) {
      looks.look(promoted);
    }
    expect(new Set(looks.names)).toEqual(new Set(["promoted", "window inconclusive", "inconclusive"]));
    expect(looks.names.filter((name) => name === "inconclusive")).toHaveLength(1);
    expect(looks.events.find(({ event }) => event === "inconclusive")).toMatchObject({
      seconds: 20,
      candidate: "green",
    });
    expect(looks.rollback).toBeUndefined();
  });

  it("is waited for as long as a window may last", () => {
    const few: readonly Calls[] = [good("green", 40)];
    const looks = new Looks().look(promoted).look(promoted, few).look(promoted, few);
    expect(looks.names).toEqual(["promoted"]);
    expect(looks.look(promoted, few).names).toEqual(["promoted", "window pass"]);
    for (let second = 1; second < 6; second += 1) {
      looks.look(promoted);
    }
    expect(looks.names).toEqual(["promoted", "window pass"]);
    expect(looks.look(promoted).names).toEqual(["promoted", "window pass", "window inconclusive"]);
  });

  it("changes nothing about the windows before: two failures need not follow each other", () => {
    const looks = new Looks().look(promoted).window(promoted, sick);
    for (let second = 0; second < 12; second += 1) {
      looks.look(promoted);
    }
    expect(looks.names).toEqual(["promoted", "window fail", "window inconclusive", "window inconclusive"]);
    expect(looks.window(promoted, sick).names.slice(-1)).toEqual(["failed"]);
  });

  it("is what is left where a gateway is silent: the rest may fail a stack, but not pass it", () => {
    const looks = new Looks().look(promoted).window(promoted, well, ["http://a"]);
    expect(looks.names).toEqual(["promoted"]);
    for (let second = 0; second < 4; second += 1) {
      looks.look(promoted, [], ["http://a"]);
    }
    expect(looks.events.at(-1)).toMatchObject({ event: "window", verdict: "inconclusive", silent: ["http://a"] });
    const failing = new Looks()
      .look(promoted)
      .window(promoted, sick, ["http://a"])
      .window(promoted, sick, ["http://a"]);
    expect(failing.rollback).toBeDefined();
  });
});

describe("observe(): a gateway of whose numbers a part is lost", () => {
  it("keeps its window from passing, which ends as ever, and no other one", () => {
    const looks = new Looks().look(promoted).look(promoted, well, [], ["http://a"]).look(promoted);
    expect(looks.events.at(-1)).toMatchObject({ event: "window", verdict: "inconclusive", gaps: ["http://a"] });
    looks.window(promoted, well);
    expect(looks.events.at(-1)).toMatchObject({ event: "window", verdict: "pass", gaps: [] });
  });

  it("keeps no window from failing", () => {
    const looks = new Looks().look(promoted);
    for (let number = 0; number < 2; number += 1) {
      looks.look(promoted, sick, [], ["http://a"]).look(promoted, [], [], ["http://b", "http://a"]);
    }
    expect(looks.rollback).toBeDefined();
    expect(looks.events.at(-1)).toMatchObject({ event: "failed", gaps: ["http://a", "http://b"] });
  });

  it("is no matter to a phase that has only begun", () => {
    const looks = new Looks()
      .look(announced)
      .look(announced, [], [], ["http://a"])
      .look(promoted, [], [], ["http://a"]);
    expect(looks.window(promoted, well).names).toEqual(["announced", "promoted", "window pass"]);
  });
});

describe("observe(): what swings to and fro", () => {
  it("is not taken back for one bad window among good ones", () => {
    const looks = new Looks().look(promoted);
    for (const calls of [well, sick, well, well, sick, well, well]) {
      looks.window(promoted, calls);
    }
    expect(looks.rollback).toBeUndefined();
  });

  it("is taken back where two of three windows are bad", () => {
    const looks = new Looks().look(promoted).window(promoted, sick).window(promoted, well).window(promoted, sick);
    expect(looks.rollback?.reason).toContain("has failed 2 of 3 windows");
  });

  it("stays failed, however well it does afterwards", () => {
    const looks = new Looks().look(promoted).window(promoted, sick).window(promoted, sick);
    for (let number = 0; number < 5; number += 1) {
      looks.window(promoted, well);
      expect(looks.rollback).toBeDefined();
    }
    expect(looks.names).not.toContain("passed");
    expect(looks.look(draining).rollback).toMatchObject({ phase: "draining", version: 4 });
  });

  it("is left alone once it was taken back, also where the former stack does no better", () => {
    const looks = new Looks().look(promoted).window(promoted, sick).window(promoted, sick).look(rolledBack);
    expect(looks.events.at(-1)).toMatchObject({ event: "ended", verb: "rollback", version: 4 });
    const before = looks.events.length;
    for (let number = 0; number < 5; number += 1) {
      looks.window(rolledBack, [bad("blue", 100)]);
      expect(looks.rollback).toBeUndefined();
    }
    expect(looks.events).toHaveLength(before);
  });

  it("begins anew with the next release: nothing of the failed one counts", () => {
    const again = stateOf(6, "promote", { stacks: { blue: "standby", green: "active" }, former: "blue" });
    const looks = new Looks().look(promoted).window(promoted, sick).window(promoted, sick).look(rolledBack, sick);
    looks
      .look({ ...announced, version: 5 })
      .look(again)
      .window(again, sick);
    expect(looks.rollback).toBeUndefined();
    looks.window(again, well).window(again, well).window(again, well);
    expect(looks.names.at(-1)).toBe("passed");
  });

  it("begins anew also where the rollback in between was not seen", () => {
    const again = stateOf(6, "promote", { stacks: { blue: "standby", green: "active" }, former: "blue" });
    const looks = new Looks().look(promoted).window(promoted, sick).look(again).window(again, sick);
    expect(looks.names).toEqual(["promoted", "window fail", "promoted", "window fail"]);
  });
});

describe("observe(): what a new stack is compared with", () => {
  const noisy: readonly Calls[] = [good("blue", 400), bad("blue", 100)];
  const noisyToo: readonly Calls[] = [good("green", 385), bad("green", 115)];

  it("is what the former one did of late while it was active", () => {
    const looks = new Looks().look(begun).look(begun, noisy).look(announced).look(promoted).window(promoted, noisyToo);
    expect(looks.events.at(-1)).toMatchObject({ event: "window", verdict: "inconclusive" });
    expect(looks.events.at(-1)).toMatchObject({ checks: [{ baseline: 0.2, limit: 0.25 }, {}, {}] });
  });

  it("is not what it did while it drained, or long ago", () => {
    const looks = new Looks().look(begun).look(begun, noisy);
    for (let second = 0; second < 25; second += 1) {
      looks.look(begun, [good("blue")]);
    }
    looks.look(promoted, noisy).window(promoted, [...noisyToo, ...noisy]);
    expect(looks.events.at(-1)).toMatchObject({ verdict: "fail", checks: [{ baseline: 0, limit: 0.05 }, {}, {}] });
  });

  it("is kept in a few pieces, however often it is looked", () => {
    const often = { ...settings, interval: 1, window: 1000 };
    let analysis = firstAnalysis;
    for (let at = 0; at < 30_000; at += 10) {
      const counts = parseExposition(exposition(good("blue", 1)));
      analysis = observe(
        analysis,
        { at, deployment: begun, counts, past: noCounts, silent: [], gaps: [] },
        often,
      ).analysis;
    }
    const { blue } = analysis.references;
    expect(blue).toHaveLength(10);
    const { calls } = readTally(sumCounts(blue.map(({ counts }) => counts)), "blue", []);
    expect(calls).toBeGreaterThan(900);
    expect(calls).toBeLessThanOrEqual(1000);
  });

  it("is not what was counted as it became active, partly before", () => {
    const restored = stateOf(2, "restore", { stacks: { blue: "standby", green: "active" } });
    const back = stateOf(3, "announce", { stacks: { blue: "standby", green: "active" }, announced: "blue" });
    const looks = new Looks()
      .look(begun)
      .look(restored, [bad("green", 1000)])
      .look(back);
    looks
      .window(back, [good("blue")])
      .window(back, [good("blue")])
      .window(back, [good("blue")]);
    expect(looks.events.at(-1)).toMatchObject({ candidate: "blue", checks: [{ verdict: "pass", limit: 0.05 }, {}] });
  });

  it("is not what it did while it was itself watched", () => {
    const off = stateOf(4, "off", { stacks: { blue: "off", green: "active" } });
    const back = stateOf(5, "announce", { stacks: { blue: "standby", green: "active" }, announced: "blue" });
    const looks = new Looks()
      .look(promoted)
      .look(promoted, [bad("green", 1000)])
      .look(off)
      .look(back);
    looks
      .window(back, [good("blue")])
      .window(back, [good("blue")])
      .window(back, [good("blue")]);
    expect(looks.events.at(-1)).toMatchObject({ candidate: "blue", checks: [{ verdict: "pass", limit: 0.05 }, {}] });
  });

  it("is all that it did before the watch, where that is all there is", () => {
    const looks = new Looks(noisy).look(promoted).window(promoted, noisyToo);
    expect(looks.events.at(-1)).toMatchObject({ checks: [{ baseline: 0.2 }, {}, {}] });
  });
});
