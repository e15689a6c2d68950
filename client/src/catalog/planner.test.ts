import { describe, expect, it } from "vitest";
import { refusal } from "../../test/fake-gateway.ts";
import { openAccess } from "../../test/open-access.ts";
import { IdentifyPlannerResponse_QueueMessage as QueueMessage } from "../gen/e6x_engine_pb.ts";
import type { PlannerWait } from "../session/identify-planner.ts";
import { findPlanner } from "./planner.ts";

const { GO_AHEAD, RATE_LIMIT, WAITING_ON_PLANNER_SCALEUP } = QueueMessage;

/** An engine that gives each answer in turn; the last one stays. */
function openWith(...answers: readonly QueueMessage[]) {
  const opened = openAccess({ catalog: "sample" });
  let asked = 0;
  opened.gateway.overrides.identifyPlanner = () => ({
    existingQuery: { queryId: "q1", elapsedTimeMillis: 1n },
    plannerIp: "10.0.0.1",
    queueMessage: answers[Math.min(asked++, answers.length - 1)] ?? GO_AHEAD,
  });
  return opened;
}

describe("findPlanner()", () => {
  it("asks once where there is a planner", async () => {
    const { gateway, context } = openWith(GO_AHEAD);
    expect(await findPlanner(context, "select 1", { schema: "tpch" })).toEqual({
      plannerIp: "10.0.0.1",
      queryId: "q1",
      elapsedMs: 1,
    });
    expect(gateway.calls.at(-1)?.request).toMatchObject({
      sessionId: "blue-session-1",
      firstTimeRequestPayload: { catalog: "sample", schema: "tpch", queryString: "select 1" },
    });
    expect(gateway.calls.at(-1)?.request).not.toHaveProperty("existingQuery");
  });

  it("waits ever longer, tells why, and names the statement and its time from then on", async () => {
    const { gateway, context } = openWith(WAITING_ON_PLANNER_SCALEUP, RATE_LIMIT, GO_AHEAD);
    const waits: PlannerWait[] = [];
    const planner = await findPlanner(context, "select 1", { onWait: (wait) => waits.push(wait) });
    expect(waits).toEqual([
      { reason: "planner-scale-up", queryId: "q1", elapsedMs: 1 },
      { reason: "rate-limit", queryId: "q1", elapsedMs: 100 },
    ]);
    expect(planner.elapsedMs).toBe(300);
    expect(context.runtime).toMatchObject({ pauses: [100, 200] });
    expect(gateway.calls.slice(2).map(({ request }) => request)).toMatchObject([
      { existingQuery: { queryId: "q1", elapsedTimeMillis: 101n } },
      { existingQuery: { queryId: "q1", elapsedTimeMillis: 300n } },
    ]);
    expect(gateway.calls.at(-1)?.request).not.toHaveProperty("firstTimeRequestPayload");
  });

  it.each([
    [WAITING_ON_PLANNER_SCALEUP, "DEADLINE_EXCEEDED"],
    [RATE_LIMIT, "RATE_LIMITED"],
  ])("gives up after five minutes of %s with %s", async (answer, code) => {
    const { context } = openWith(answer);
    await expect(findPlanner(context, "select 1")).rejects.toMatchObject({ code, retryable: true });
    expect(context.runtime.now()).toBeGreaterThan(290_000);
    expect(context.runtime.now()).toBeLessThanOrEqual(300_000);
  });

  it("ends by its signal while it waits", async () => {
    const { context } = openWith(WAITING_ON_PLANNER_SCALEUP);
    const controller = new AbortController();
    const waiting = findPlanner(context, "select 1", { signal: controller.signal, onWait: () => controller.abort() });
    await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("begins anew on the stack that is active by then", async () => {
    const { gateway, context } = openWith(WAITING_ON_PLANNER_SCALEUP, GO_AHEAD);
    gateway.intercept = (rpc, stack) => {
      if (rpc !== "identifyPlanner" || stack !== "blue" || gateway.rpcsOf("blue").length < 2) return undefined;
      gateway.active = "green";
      return refusal("green");
    };
    await findPlanner(context, "select 1");
    expect(gateway.calls.at(-1)).toMatchObject({
      stack: "green",
      request: { firstTimeRequestPayload: { queryString: "select 1" } },
    });
  });
});
