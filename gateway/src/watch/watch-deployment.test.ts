import { describe, expect, it } from "vitest";
import { exposition } from "../../test/call-counts.ts";
import { at, bad, good, promoted, rolledBack, Scene, settings } from "../../test/watch-scene.ts";
import type { DeploymentState } from "../deploy/deployment-state.ts";
import { GatewayError } from "../gateway-error.ts";
import { parseExposition } from "./exposition.ts";

describe("DeploymentWatch", () => {
  it("takes a bad stack back at the end of its second window, with the numbers as the reason", async () => {
    const scene = new Scene(bad);
    expect(await scene.run()).toBe("rolled-back");
    expect(scene.names).toEqual(["promoted", "window", "window", "failed", "rolled-back"]);
    expect(scene.reasons).toEqual([
      "green (promoted) has failed 2 of 2 windows: errorRate 100 % of 100 calls (limit 5 %)",
    ]);
    expect(scene.events.at(-1)).toMatchObject({ version: 4, reason: scene.reasons[0] });
  });

  it("lets a good one pass", async () => {
    const scene = new Scene(good);
    expect(await scene.run()).toBe("passed");
    expect([scene.reasons, scene.names]).toEqual([[], ["promoted", "window", "window", "passed"]]);
  });

  it("only says what it would do in a dry run", async () => {
    const scene = new Scene(bad);
    expect(await scene.run(scene.watch({ isDryRun: true }))).toBe("failed");
    expect([scene.reasons, scene.names.at(-1)]).toEqual([[], "would-roll-back"]);
  });

  it("says so once, however long the dry run goes on", async () => {
    const scene = new Scene(bad);
    const watch = scene.watch({ isDryRun: true });
    for (let second = 0; second < 9; second += 1) {
      await watch.look();
      await scene.clock.sleep();
    }
    expect(scene.names.filter((name) => name === "would-roll-back")).toHaveLength(1);
  });

  it("loses nothing that was counted while the state could not be read", async () => {
    const scene = new Scene(good);
    scene.readProblems.push(undefined, new Error("half a file"), undefined);
    await scene.run();
    expect(scene.events[2]).toMatchObject({ event: "window", seconds: 2, checks: [{ calls: 200 }] });
  });

  it("compares also where no gateway answered at first", async () => {
    const scene = new Scene(good, { stack: "blue", count: 100, grpc: 14 });
    scene.scrapeProblems.push("no answer", "no answer");
    await scene.run();
    expect(scene.events.find(({ event }) => event === "passed")).toMatchObject({ checks: [{ baseline: 1 }] });
  });

  it("ends inconclusive without calls, and without numbers", async () => {
    expect(await new Scene().run()).toBe("inconclusive");
    const scene = new Scene(bad);
    scene.scrapeProblems.push(...new Array(100).fill("no answer"));
    expect(await scene.run()).toBe("inconclusive");
    expect(scene.reasons).toEqual([]);
    expect(scene.names.filter((name) => name === "gateway-silent")).toHaveLength(1);
  });

  it("goes on where a gateway is heard again: nothing that it has counted is lost", async () => {
    const scene = new Scene(bad);
    scene.scrapeProblems.push(undefined, "no answer", undefined);
    expect(await scene.run()).toBe("rolled-back");
    expect(scene.names).toEqual([
      "promoted",
      "gateway-silent",
      "gateway-heard",
      "window",
      "window",
      "failed",
      "rolled-back",
    ]);
    expect(scene.events[3]).toMatchObject({ seconds: 2, checks: [{ calls: 200 }] });
  });

  it("counts nothing of before a promotion that a gateway tells of only after it", async () => {
    const scene = new Scene({ stack: "green", count: 100, http: 456, grpc: "" }, bad);
    const watch = scene.watch({ settings: { ...settings, checks: ["mismatchRate"] } });
    scene.state = { ...promoted, version: 2, stacks: rolledBack.stacks, announced: "green", former: undefined };
    scene.scrapeProblems.push(undefined, undefined, "no answer");
    for (const state of [scene.state, scene.state, promoted, promoted, promoted]) {
      scene.state = state;
      await watch.look();
      await scene.clock.sleep();
    }
    const windows = scene.events.filter(
      ({ event, ...rest }) => event === "window" && "phase" in rest && rest.phase === "promoted",
    );
    expect(windows).toMatchObject([{ seconds: 2, checks: [{ calls: 200 }] }]);
  });

  it("counts all of a gateway that was started in the phase, also where it was not heard at once", async () => {
    const scene = new Scene();
    const scrapeOf = (now: number) =>
      now < 20_000 ? undefined : parseExposition(`${exposition(good)}\nenvoy_server_uptime 5\n`);
    const watch = scene.watch({
      scrape: async () => ({ scrapes: new Map([["http://b", scrapeOf(scene.clock.now())]]), problems: new Map() }),
    });
    while (scene.clock.now() <= 20_000) {
      await watch.look();
      await scene.clock.sleep();
    }
    expect(scene.events.at(-1)).toMatchObject({ verdict: "pass", checks: [{ calls: 100 }], silent: [], gaps: [] });
  });

  it("tries a rollback again that failed, with each look, and says it again only if something else is wrong", async () => {
    const scene = new Scene(bad);
    const watch = scene.watch();
    for (const problem of ["", "", "locked", "locked", "full", "full"]) {
      scene.rollbackProblem = new GatewayError("DEPLOYMENT_LOCKED", problem);
      await watch.look();
      await scene.clock.sleep();
    }
    expect(scene.reasons).toHaveLength(4);
    expect(scene.events.slice(3)).toMatchObject([
      { event: "failed" },
      { event: "rollback-failed", problem: "locked" },
      { event: "rollback-failed", problem: "full" },
    ]);
    scene.rollbackProblem = undefined;
    expect(await scene.run(watch)).toBe("rolled-back");
  });

  it("counts a rollback that holds, though a gateway has not confirmed it, and says both", async () => {
    const scene = new Scene(bad);
    scene.onRollback = () => {
      scene.state = rolledBack;
      throw new GatewayError("TIMEOUT", "not every gateway uses it");
    };
    expect(await scene.run()).toBe("rolled-back");
    expect(scene.events.at(-1)).toMatchObject({ version: 4, problem: "not every gateway uses it" });
    expect(scene.reasons).toHaveLength(1);
  });

  it("leaves alone what somebody has changed while it looked", async () => {
    const scene = new Scene(bad);
    const watch = scene.watch({
      onEvent(event) {
        scene.events.push(event);
        if (event.event === "failed") {
          scene.state = { ...rolledBack, change: { verb: "rollback", at, reason: "by hand" } };
        }
      },
    });
    expect(await scene.run(watch)).toBe("rolled-back");
    expect(scene.reasons).toEqual([]);
    expect(scene.events.at(-1)).toMatchObject({ event: "rolled-back", version: 4, problem: "version 3 was meant" });
  });

  it("takes back once, also where two watch", async () => {
    const scene = new Scene(bad);
    scene.onRollback = () => {
      scene.state = { ...rolledBack, version: scene.state.version + 1 };
    };
    const [one, other] = [scene.watch(), scene.watch()];
    for (let second = 0; second < 3; second += 1) {
      await Promise.all([one.look(), other.look()]);
      await scene.clock.sleep();
    }
    expect(scene.state.version).toBe(4);
  });

  it("survives a state that cannot be read, and tells of it once", async () => {
    const scene = new Scene(bad);
    scene.readProblems.push(new Error("half a file"), new Error("half a file"));
    expect(await scene.run()).toBe("rolled-back");
    expect(scene.events.slice(0, 2)).toMatchObject([
      { event: "state-unreadable", problem: "half a file" },
      { event: "promoted" },
    ]);
  });

  describe("where several changes were made between two looks", () => {
    const announced = {
      ...promoted,
      version: 2,
      stacks: rolledBack.stacks,
      announced: "green",
      former: undefined,
    } as const;
    const draining = { ...promoted, version: 4, stacks: { ...promoted.stacks, blue: "draining" } } as const;

    /** Looks once a second: at each state for so long. */
    async function follow(scene: Scene, ...states: readonly (readonly [DeploymentState, seconds: number])[]) {
      const watch = scene.watch();
      for (const [state, seconds] of states) {
        scene.state = state;
        for (let second = 0; second < seconds; second += 1) {
          await watch.look();
          await scene.clock.sleep();
        }
      }
    }

    it("forgets no failure, nor counts for one phase what another has seen", async () => {
      const scene = new Scene(bad);
      scene.records.set(3, promoted);
      await follow(scene, [announced, 2], [draining, 2]);
      expect(scene.names).toEqual([
        ...["announced", "window", "promoted", "draining", "window", "failed"],
        "rolled-back",
      ]);
      expect(scene.reasons[0]).toContain("green (draining) has failed 2 of 2 windows: errorRate 100 % of 100 calls");
    });

    it("begins anew where one of them was the end", async () => {
      const scene = new Scene(bad);
      scene.records.set(4, rolledBack).set(5, { ...announced, version: 5 });
      await follow(scene, [promoted, 2], [{ ...promoted, version: 6 }, 2]);
      expect(scene.names).toEqual(["promoted", "window", "ended", "announced", "promoted", "window"]);
      expect(scene.reasons).toEqual([]);
    });

    it("takes nothing for the work of the active stack that it may have done before", async () => {
      const scene = new Scene(good, { stack: "blue", count: 40 });
      scene.records.set(4, rolledBack);
      await follow(scene, [promoted, 1], [{ ...announced, version: 5 }, 3]);
      const windows = scene.events.filter(({ event }) => event === "window");
      expect(windows).toMatchObject([{ checks: [{}] }, { checks: [{ baseline: 0 }] }]);
      expect(windows[0]).not.toMatchObject({ checks: [{ baseline: 0 }] });
    });

    it("begins anew where nobody knows what they were", async () => {
      const scene = new Scene(bad);
      await follow(scene, [announced, 2], [draining, 2]);
      expect(scene.names).toEqual(["announced", "window", "draining", "window"]);
    });

    it("waits for a record that cannot be read, says so once, and forgets nothing meanwhile", async () => {
      const scene = new Scene(bad);
      scene.records.set(3, promoted);
      scene.recordProblems.push(new Error("half a file"), new Error("half a file"));
      await follow(scene, [announced, 2], [draining, 4]);
      expect(scene.names).toEqual([
        ...["announced", "window", "state-unreadable", "promoted", "draining", "window", "failed"],
        "rolled-back",
      ]);
      expect(scene.events[2]).toMatchObject({ problem: "half a file" });
    });

    it("lets no window pass of which a part was counted before one knows which of them", async () => {
      const scene = new Scene(good);
      scene.records.set(4, { ...promoted, version: 4 });
      await follow(scene, [promoted, 1], [{ ...promoted, version: 5 }, 3]);
      const windows = scene.events.filter(({ event }) => event === "window");
      expect(windows).toMatchObject([
        { verdict: "inconclusive", gaps: ["http://a"] },
        { verdict: "pass", gaps: [] },
      ]);
    });

    it("asks for no more than the history can hold, however far the version has come", async () => {
      const scene = new Scene(bad);
      const version = 1e12;
      await follow(scene, [announced, 1], [{ ...draining, version }, 1]);
      expect(scene.names).toEqual(["announced", "draining"]);
      expect([scene.asked.length, scene.asked[0], scene.asked.at(-1)]).toEqual([499, version - 499, version - 1]);
    });
  });

  it("is taken up by another one that was started after it was killed", async () => {
    const scene = new Scene(bad);
    const first = scene.watch();
    await first.look();
    await scene.clock.sleep();
    await first.look();
    expect(await scene.run()).toBe("rolled-back");
  });
});
