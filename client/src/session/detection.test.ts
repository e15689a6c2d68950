import { describe, expect, it } from "vitest";
import { createTestRuntime } from "../../test/test-runtime.ts";
import { E6Error } from "../error.ts";
import type { E6ErrorCode } from "../error-code.ts";
import type { Strategy } from "../headers.ts";
import { unknownStrategy } from "../strategy/strategy-state.ts";
import { createMemoryStore, type StrategyStore } from "../strategy/strategy-store.ts";
import { Detection } from "./detection.ts";
import { Sessions } from "./sessions.ts";
import { StackSession } from "./stack-session.ts";

type Answer = E6ErrorCode | "accepts";

/** A detection over stacks that answer in turn as listed; the last answer stays. */
function createDetection(answers: Readonly<Record<Strategy, readonly [Answer, ...Answer[]]>>, onAsk?: () => void) {
  const asked: Strategy[] = [];
  const store = createMemoryStore(unknownStrategy("l", "e0"));
  const runtime = createTestRuntime();
  const { signal } = new AbortController();
  const signIn = async ({ strategy }: { strategy: Strategy }) => {
    asked.push(strategy);
    onAsk?.();
    const list = answers[strategy];
    const answer = list[asked.filter((stack) => stack === strategy).length - 1] ?? list[list.length - 1];
    if (answer === undefined || answer === "accepts") {
      return new StackSession(strategy, "s");
    }
    throw new E6Error(answer, answer, { strategy });
  };
  const detection = new Detection(new Sessions(signIn, store, signal), store, runtime, signal);
  return { asked, store, runtime, detection };
}

describe("Detection", () => {
  it("asks blue, then green, and makes the one that accepts active", async () => {
    const { asked, store, detection } = createDetection({ blue: ["STRATEGY_MISMATCH"], green: ["accepts"] });
    await detection.run(undefined);
    expect([asked, store.read().active]).toEqual([["blue", "green"], "green"]);
  });

  it("asks the one that refused last", async () => {
    const { asked, detection } = createDetection({ blue: ["accepts"], green: ["STRATEGY_MISMATCH"] });
    await detection.run("blue");
    expect(asked).toEqual(["green", "blue"]);
  });

  it("is shared by all who need one", async () => {
    const { asked, runtime, detection } = createDetection({
      blue: ["STRATEGY_MISMATCH", "STRATEGY_MISMATCH", "accepts"],
      green: ["STRATEGY_MISMATCH"],
    });
    await Promise.all([detection.run(undefined, 600), detection.run("blue", 600), detection.run("green", 600)]);
    expect(asked).toEqual(["blue", "green", "blue", "green", "blue"]);
    expect(runtime.pauses).toEqual([200, 400]);
  });

  it("makes a lost call a second time before it goes on", async () => {
    const { asked, store, detection } = createDetection({ blue: ["NETWORK", "accepts"], green: ["accepts"] });
    await detection.run(undefined);
    expect([asked, store.read().active]).toEqual([["blue", "blue"], "blue"]);
  });

  it("makes no second call to a stack that refused", async () => {
    const { asked, detection } = createDetection({ blue: ["GATEWAY", "accepts"], green: ["accepts"] });
    await detection.run(undefined);
    expect(asked).toEqual(["blue", "green"]);
  });

  it("ends when somebody else has found the active stack", async () => {
    const { asked, store, detection } = createDetection({ blue: ["STRATEGY_MISMATCH"], green: ["accepts"] }, () => {
      store.dispatch({ type: "accepted", stack: "blue", epoch: store.read().epoch, nextEpoch: "theirs", at: 1 });
    });
    await detection.run(undefined);
    expect([asked, store.read().epoch, store.read().active]).toEqual([["blue"], "theirs", "blue"]);
  });

  it.each(["AUTHENTICATION_FAILED", "CLUSTER_SUSPENDED", "PERMISSION_DENIED"] as const)(
    "stops at %s, which no other stack would cure",
    async (code) => {
      const { asked, detection } = createDetection({ blue: [code], green: ["accepts"] });
      await expect(detection.run(undefined)).rejects.toMatchObject({ code });
      expect(asked).toEqual(["blue"]);
    },
  );

  it("begins anew after one that failed", async () => {
    const { store, detection } = createDetection({
      blue: ["AUTHENTICATION_FAILED", "accepts"],
      green: ["STRATEGY_MISMATCH"],
    });
    await expect(detection.run(undefined)).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
    await detection.run(undefined);
    expect(store.read().active).toBe("blue");
  });

  it("asks no more, and tells of no failure, once somebody else has found the active stack", async () => {
    for (const code of ["NETWORK", "AUTHENTICATION_FAILED", "STRATEGY_MISMATCH"] as const) {
      const { asked, store, detection } = createDetection({ blue: [code], green: ["accepts"] }, () => {
        const { epoch } = store.read();
        store.dispatch({ type: "accepted", stack: "green", epoch, nextEpoch: "theirs", at: 1 });
      });
      await detection.run(undefined);
      expect([asked, store.read().epoch]).toEqual([["blue"], "theirs"]);
    }
  });

  it("tells of no failure where the stack is found with the last question", async () => {
    const { asked, store, detection } = createDetection({ blue: ["GATEWAY"], green: ["GATEWAY"] }, () => {
      if (asked.length < 2) return;
      const { epoch } = store.read();
      store.dispatch({ type: "accepted", stack: "green", epoch, nextEpoch: "theirs", at: 1 });
    });
    await detection.run(undefined);
    expect([asked.length, store.read().epoch]).toEqual([2, "theirs"]);
  });

  it("asks no more after a pause in which the stack was found", async () => {
    const { asked, store, runtime, detection } = createDetection({ blue: ["GATEWAY"], green: ["GATEWAY"] });
    const sleep = runtime.sleep;
    runtime.sleep = (milliseconds, signal) => {
      const { epoch } = store.read();
      store.dispatch({ type: "accepted", stack: "green", epoch, nextEpoch: "theirs", at: 1 });
      return sleep(milliseconds, signal);
    };
    await detection.run(undefined, 200);
    expect(asked).toEqual(["blue", "green"]);
  });
});

describe("Detection beside those of others", () => {
  /** A store whose lock is free once `others` have done their work. */
  function createShared(
    others: (store: StrategyStore) => void,
    blue: Answer = "accepts",
    green: readonly [Answer, ...Answer[]] = ["accepts"],
  ) {
    const waits: number[] = [];
    const parts = createDetection({ blue: [blue], green });
    const withLock: StrategyStore["withLock"] = (name, maxWaitMs, work) => {
      expect(name).toBe("detect");
      waits.push(maxWaitMs);
      others(parts.store);
      return work();
    };
    Object.assign(parts.store, { withLock });
    return { ...parts, waits };
  }

  it("waits for one of another tab, two to four seconds, and asks nothing where that has found the stack", async () => {
    const { asked, store, waits, detection } = createShared((shared) => {
      const { epoch } = shared.read();
      shared.dispatch({ type: "accepted", stack: "green", epoch, nextEpoch: "theirs", at: 1 });
    });
    await detection.run(undefined);
    // Chance is 1 here, which is never quite reached.
    expect([waits, asked, store.read().active]).toEqual([[4_000], [], "green"]);
  });

  it("asks where another tab's has found nothing", async () => {
    const { asked, store, detection } = createShared(() => undefined);
    await detection.run(undefined);
    expect([asked, store.read().active]).toEqual([["blue"], "blue"]);
  });

  it("keeps the others waiting for a round, in which both stacks may be asked, and not between two", async () => {
    const refusals = ["STRATEGY_MISMATCH", "accepts"] as const;
    const { asked, waits, detection } = createShared(() => undefined, "STRATEGY_MISMATCH", refusals);
    await detection.run(undefined, 1_000);
    expect([asked, waits]).toEqual([
      ["blue", "green", "blue", "green"],
      [4_000, 4_000],
    ]);
  });

  it("confirms nothing that somebody else has confirmed meanwhile", async () => {
    const { asked, detection } = createShared(() => undefined);
    detection.confirm(() => true);
    await detection.run(undefined);
    expect(asked).toEqual([]);
  });
});
