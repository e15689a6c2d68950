import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { trailersOnly } from "../../test/fake-gateway.ts";
import { openAccess } from "../../test/open-access.ts";
import { bearer } from "../../test/open-connection.ts";
import { readCatalogs } from "../catalog/look-up.ts";
import { createCluster } from "./cluster.ts";
import type { ResumeProgress } from "./wake-up.ts";

/** A cluster that says each word in turn when it is asked for its status; the last one stays. */
function open(words: readonly string[], options: Parameters<typeof openAccess>[0] = {}, autoResume = true) {
  const opened = openAccess({ ...options, autoResume });
  const { gateway, context, ask, wakeUp } = opened;
  const asked: string[] = [];
  gateway.cluster = {
    status: () => {
      const status = words[Math.min(asked.filter((name) => name === "status").length, words.length - 1)] ?? "";
      asked.push("status");
      return { status };
    },
    suspend: () => ({ status: "suspended" }),
    resume: () => {
      asked.push("resume");
      return { status: "resuming" };
    },
  };
  return { ...opened, asked, cluster: createCluster({ ...context, ask, wakeUp }) };
}

describe("Cluster", () => {
  it("asks with user and token, and names no stack before one is known", async () => {
    const { gateway, cluster } = open(["active"]);
    const strategies: (string | null)[] = [];
    gateway.intercept = (_rpc, _stack, { headers }) => void strategies.push(headers.get("strategy"));
    expect(await cluster.status()).toBe("active");
    expect(await cluster.suspend()).toBe("suspended");
    expect(await cluster.resume()).toBe("resuming");
    expect(gateway.calls).toMatchObject([
      { rpc: "status", request: { user: "ann", password: "s3cr3t" } },
      { rpc: "suspend", request: { user: "ann", password: "s3cr3t" } },
      { rpc: "resume", request: { user: "ann", password: "s3cr3t" } },
    ]);
    expect(strategies).toEqual([null, null, null]);
  });

  it("asks by bearer token alone", async () => {
    const { gateway, cluster } = open(["active"], bearer);
    await cluster.status();
    expect(gateway.calls).toMatchObject([
      { authorization: expect.stringMatching(/^Bearer ./), request: { user: "", password: "" } },
    ]);
  });

  it.each([
    [" Active ", "active"],
    ["SUSPENDED", "suspended"],
    ["resuming", "resuming"],
    ["failed", "failed"],
    ["terminated", "unknown"],
    ["", "unknown"],
  ])("reads %j as %s", async (word, state) => {
    expect(await open([word]).cluster.status()).toBe(state);
  });

  it("asks the active stack where it is known, and without a name where that one is gone", async () => {
    const { gateway, context, cluster } = open(["active"]);
    gateway.overrides.getCataloges = () => ({});
    await readCatalogs(context);
    const strategies: (string | null)[] = [];
    gateway.intercept = (_rpc, _stack, { headers }) => {
      strategies.push(headers.get("strategy"));
      return headers.has("strategy")
        ? trailersOnly(Code.Unavailable, "", { "x-e6-reason": "NO_HEALTHY_UPSTREAM" })
        : undefined;
    };
    expect(await cluster.status()).toBe("active");
    expect(strategies).toEqual(["blue", null]);
  });

  it("tells refused credentials", async () => {
    const { gateway, cluster } = open(["active"]);
    gateway.cluster.status = () => {
      throw new ConnectError("no", Code.Unauthenticated);
    };
    await expect(cluster.status()).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
  });
});

describe("Cluster.resumeAndWait()", () => {
  it("leaves an active cluster alone", async () => {
    const { asked, cluster } = open(["active"]);
    await cluster.resumeAndWait();
    expect(asked).toEqual(["status"]);
  });

  it("resumes, asks every five seconds and tells how it goes on", async () => {
    const { context, asked, cluster } = open(["suspended", "resuming", "active"]);
    const progress: ResumeProgress[] = [];
    await cluster.resumeAndWait({ onProgress: (step) => progress.push(step) });
    expect(asked).toEqual(["status", "resume", "status", "status"]);
    expect(progress).toEqual([
      { state: "resuming", elapsedMs: 0 },
      { state: "resuming", elapsedMs: 5_000 },
      { state: "active", elapsedMs: 10_000 },
    ]);
    expect(context.runtime).toMatchObject({ pauses: [5_000, 5_000] });
  });

  it("gives up after five minutes, or the time that it is given", async () => {
    const first = open(["resuming"]);
    await expect(first.cluster.resumeAndWait()).rejects.toMatchObject({
      code: "RESUME_FAILED",
      message: expect.stringContaining("300000 ms"),
      retryable: true,
    });
    expect(first.context.runtime.now()).toBe(300_000);
    const second = open(["resuming"]);
    const failure = expect(second.cluster.resumeAndWait({ pollMs: 100, timeoutMs: 1_000 }));
    await failure.rejects.toMatchObject({ code: "RESUME_FAILED" });
    expect(second.context.runtime.now()).toBe(1_000);
  });

  it.each(["failed", "terminating"])("gives up at once where the cluster says %s", async (word) => {
    const { asked, cluster } = open(["suspended", word]);
    await expect(cluster.resumeAndWait()).rejects.toMatchObject({ code: "RESUME_FAILED", retryable: false });
    expect(asked).toEqual(["status", "resume", "status"]);
  });

  it("asks a second time where its first question is lost", async () => {
    const { gateway, asked, cluster, context } = open(["active"]);
    let questions = 0;
    gateway.intercept = () => (++questions === 1 ? Promise.reject(new TypeError("fetch failed")) : undefined);
    await cluster.resumeAndWait();
    expect([asked, context.runtime]).toMatchObject([["status"], { pauses: [] }]);
  });

  it("goes on where a question is lost while the cluster wakes up", async () => {
    const { gateway, asked, cluster } = open(["suspended", "active"]);
    let questions = 0;
    gateway.intercept = (rpc) =>
      rpc === "status" && [2, 3].includes(++questions) ? Promise.reject(new TypeError("fetch failed")) : undefined;
    await cluster.resumeAndWait();
    expect(asked).toEqual(["status", "resume", "status"]);
  });

  it.each(["status", "resume"])("says that the cluster cannot be asked, with the cause: %s", async (name) => {
    const { gateway, context, cluster } = open(["suspended"]);
    let questions = 0;
    gateway.intercept = (rpc) => (rpc === name && ++questions ? trailersOnly(Code.PermissionDenied, "no") : undefined);
    await expect(cluster.resumeAndWait()).rejects.toMatchObject({
      code: "RESUME_FAILED",
      retryable: false,
      cause: { code: "PERMISSION_DENIED" },
    });
    expect([questions, context.runtime]).toMatchObject([1, { pauses: [] }]);
  });

  it("does not wait for a cluster that nothing is heard of", async () => {
    const { gateway, context, cluster } = open(["active"]);
    gateway.intercept = () => Promise.reject(new TypeError("fetch failed"));
    await expect(cluster.resumeAndWait()).rejects.toMatchObject({
      code: "RESUME_FAILED",
      retryable: true,
      cause: { code: "NETWORK" },
    });
    expect(context.runtime).toMatchObject({ pauses: [] });
  });

  it("is one resume for all who ask at the same time, each of whom hears of it", async () => {
    const { asked, cluster } = open(["suspended", "active"]);
    const heard: string[] = [];
    const wait = (name: string) =>
      cluster.resumeAndWait({
        onProgress: ({ state }) => {
          heard.push(`${name} ${state}`);
        },
      });
    await Promise.all([wait("a"), wait("b")]);
    expect(asked).toEqual(["status", "resume", "status"]);
    expect(heard).toEqual(["a resuming", "b resuming", "a active", "b active"]);
    await wait("c");
    expect(asked).toEqual(["status", "resume", "status", "status"]);
  });

  it("goes on for the others where one leaves, and ends with the last one", async () => {
    const { gateway, cluster } = open(["active"]);
    const asked = Promise.withResolvers<AbortSignal>();
    gateway.intercept = (_rpc, _stack, { signal }) => {
      asked.resolve(signal);
      return new Promise<never>(() => undefined);
    };
    const controllers = [new AbortController(), new AbortController()];
    const waits = controllers.map(({ signal }) => cluster.resumeAndWait({ signal }));
    const question = await asked.promise;
    controllers[0]?.abort();
    await expect(waits[0]).rejects.toMatchObject({ code: "CANCELLED" });
    expect(question.aborted).toBe(false);
    controllers[1]?.abort();
    await expect(waits[1]).rejects.toMatchObject({ code: "CANCELLED" });
    expect(question.aborted).toBe(true);
    gateway.intercept = () => undefined;
    await expect(cluster.resumeAndWait()).resolves.toBeUndefined();
  });

  it("refuses times that are none", async () => {
    const { gateway, cluster } = open(["active"]);
    for (const options of [{ pollMs: 1 }, { timeoutMs: -1 }, { poll: 1 }]) {
      await expect(cluster.resumeAndWait(options)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    }
    expect(gateway.calls).toEqual([]);
  });

  it("is not touched by a listener that throws", async () => {
    const { cluster } = open(["suspended", "active"]);
    const onProgress = () => {
      throw new Error("listener");
    };
    await expect(cluster.resumeAndWait({ onProgress })).resolves.toBeUndefined();
  });
});

describe("new work on a suspended cluster", () => {
  /** Suspended until the cluster was resumed and has become active. */
  function suspended(autoResume: boolean) {
    const opened = open(["suspended", "resuming", "active"], {}, autoResume);
    const { gateway, asked } = opened;
    gateway.overrides.getCataloges = () => ({ catalogResponses: [] });
    gateway.intercept = (rpc) => {
      const isAwake = asked.filter((name) => name === "status").length >= 3;
      return isAwake || rpc === "status" || rpc === "resume" ? undefined : new Response(null, { status: 503 });
    };
    return opened;
  }

  it("wakes it up, once for all, and is done then", async () => {
    const { gateway, context, asked } = suspended(true);
    await Promise.all(Array.from({ length: 20 }, () => readCatalogs(context)));
    expect(asked).toEqual(["status", "resume", "status", "status"]);
    expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "getCataloges")).toHaveLength(20);
  });

  it("is told how it goes on", async () => {
    const { context } = suspended(true);
    const heard: unknown[] = [];
    await context.access.run(async () => undefined, {
      signal: new AbortController().signal,
      onWait: (wait) => void heard.push(wait),
    });
    expect(heard).toEqual([
      { type: "authenticating" },
      { type: "resuming", state: "resuming", elapsedMs: 0 },
      { type: "resuming", state: "resuming", elapsedMs: 5_000 },
      { type: "resuming", state: "active", elapsedMs: 10_000 },
      { type: "authenticating" },
    ]);
  });

  it("is made again where it was still asleep in the answer to an earlier call", async () => {
    const { gateway, context, asked } = open(["active"]);
    gateway.overrides.getCataloges = () => ({});
    let sleeping = 2;
    gateway.intercept = (rpc) =>
      rpc === "status" || sleeping-- <= 0 ? undefined : new Response(null, { status: 503 });
    await readCatalogs(context);
    // The second time it leaves it a moment.
    expect([asked, context.runtime]).toMatchObject([["status", "status"], { pauses: [400] }]);
  });

  it("wakes it up no third time", async () => {
    const { gateway, context, asked } = open(["active"]);
    gateway.intercept = (rpc) => (rpc === "status" ? undefined : new Response(null, { status: 503 }));
    await expect(readCatalogs(context)).rejects.toMatchObject({ code: "CLUSTER_SUSPENDED" });
    expect(asked).toEqual(["status", "status"]);
  });

  it("says so where the cluster cannot be resumed", async () => {
    const { gateway, context } = open(["suspended", "failed"]);
    gateway.intercept = (rpc) =>
      rpc === "status" || rpc === "resume" ? undefined : new Response(null, { status: 503 });
    await expect(readCatalogs(context)).rejects.toMatchObject({ code: "RESUME_FAILED" });
  });

  it("leaves it asleep where it may not wake it up", async () => {
    const { gateway, context, asked } = suspended(false);
    const refused: string[] = [];
    const { intercept } = gateway;
    gateway.intercept = (rpc, ...call) => {
      refused.push(rpc);
      return intercept(rpc, ...call);
    };
    await expect(readCatalogs(context)).rejects.toMatchObject({
      code: "CLUSTER_SUSPENDED",
      hint: expect.stringContaining("resume"),
    });
    expect([asked, refused]).toEqual([[], ["authenticate"]]);
  });
});
