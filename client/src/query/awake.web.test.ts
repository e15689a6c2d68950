import { describe, expect, it } from "vitest";
import { longResult } from "../../test/long-result.ts";
import { openAccess } from "../../test/open-access.ts";
import { createEngineFeatures } from "./engine-features.ts";
import type { QueryEvent } from "./query-event.ts";
import { planQuery } from "./query-plan.ts";
import { readAll } from "./read-all.ts";
import { createReleases } from "./releases.ts";
import { startQuery } from "./start-query.ts";

/** A query whose cluster falls asleep under it. */
function openSleeping(failing: string, autoResume: boolean) {
  const { gateway, context: access } = openAccess({ autoResume });
  gateway.result = longResult(3);
  gateway.batchesInAnswer = 1;
  let asleep = true;
  gateway.cluster = {
    status: () => ({ status: asleep ? "suspended" : "active" }),
    resume: () => {
      asleep = false;
      return { status: "resuming" };
    },
  };
  let calls = 0;
  gateway.intercept = (rpc) => (rpc === failing && ++calls === 1 ? new Response(null, { status: 503 }) : undefined);
  const context = {
    ...access,
    releases: createReleases(access),
    features: createEngineFeatures(),
  };
  const events: QueryEvent[] = [];
  const onEvent = (event: QueryEvent) => void events.push(event);
  const run = async () =>
    readAll(await startQuery(context, planQuery(context, "query()", "select c from t", undefined, { onEvent })), {});
  return { gateway, events, run };
}

describe("a query whose cluster is suspended meanwhile", () => {
  it.each(["prepareStatement", "executeStatement", "getResultMetadata", "getNextResultBatchV2"])(
    "wakes it up and goes on: %s",
    async (failing) => {
      const { gateway, events, run } = openSleeping(failing, true);
      expect((await run()).rowCount).toBe(9);
      expect(events.map(({ type }) => type)).toContain("resuming");
      expect(gateway.rpcsOf("blue").filter((rpc) => rpc === "getResultMetadata")).toHaveLength(1);
    },
  );

  it.each(["getResultMetadata", "getNextResultBatchV2"])("says so where it may not wake it up: %s", async (failing) => {
    const { run } = openSleeping(failing, false);
    await expect(run()).rejects.toMatchObject({ code: "CLUSTER_SUSPENDED" });
  });
});
