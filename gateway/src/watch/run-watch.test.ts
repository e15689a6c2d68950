import { describe, expect, it } from "vitest";
import { bad, rolledBack, Scene } from "../../test/watch-scene.ts";

describe("runWatch()", () => {
  it("gives up on a state that cannot be read for as long as a window may last, and says why", async () => {
    const scene = new Scene(bad);
    scene.readProblems.push(undefined, ...new Array(100).fill(new Error("half a file")));
    await expect(scene.run()).rejects.toMatchObject({
      code: "DEPLOYMENT_BROKEN",
      message: "the deployment's state could not be read for 5 s: half a file",
    });
    expect(scene.names).toEqual(["promoted", "state-unreadable"]);
  });

  it("has patience anew once it was read", async () => {
    const scene = new Scene(bad);
    const problems = new Array(5).fill(new Error("half a file"));
    scene.readProblems.push(...problems, undefined, ...problems);
    expect(await scene.run()).toBe("rolled-back");
  });

  it("does not give up where it was to go on for ever", async () => {
    const scene = new Scene(bad);
    scene.readProblems.push(...new Array(100).fill(new Error("half a file")));
    const controller = new AbortController();
    const sleep = async () => {
      await scene.clock.sleep();
      if (scene.clock.now() === 50_000) {
        controller.abort();
      }
    };
    const terms = { isEndless: true, clock: { ...scene.clock, sleep }, signal: controller.signal };
    expect(await scene.run(scene.watch(), terms)).toBe("stopped");
  });

  it("ends where there is nothing that could be taken back", async () => {
    const scene = new Scene(bad);
    scene.state = rolledBack;
    expect(await scene.run()).toBe("nothing");
  });

  it("goes on for ever where that was wanted, until it is asked to stop", async () => {
    const scene = new Scene(bad);
    const controller = new AbortController();
    let sleeps = 0;
    const clock = {
      ...scene.clock,
      async sleep() {
        sleeps += 1;
        await scene.clock.sleep();
        if (sleeps === 10) {
          controller.abort();
        }
      },
    };
    expect(await scene.run(scene.watch(), { isEndless: true, clock, signal: controller.signal })).toBe("stopped");
    expect(scene.names.slice(-2)).toEqual(["rolled-back", "ended"]);
    expect(sleeps).toBe(10);
  });
});
