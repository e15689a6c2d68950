import { expect, type Page } from "@playwright/test";
import { test } from "./support/fixtures.ts";
import { openProbe } from "./support/probe-page.ts";

/** What was seen of one preflight on the wire. */
interface Preflight {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Collects the preflights of a page from here on; only the browser's own protocol tells of them. */
async function watchPreflights(page: Page): Promise<readonly Preflight[]> {
  const session = await page.context().newCDPSession(page);
  const seen: Preflight[] = [];
  session.on("Network.responseReceived", ({ type, response: { status, headers } }) => {
    if (type === "Preflight") seen.push({ status, headers });
  });
  await session.send("Network.enable");
  return seen;
}

function listOf(header: string | undefined): readonly string[] {
  return (header ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
}

test("a page of an allowed origin asks first, is allowed, and may read the answer's headers", async ({
  road,
  probe,
}) => {
  const preflights = await watchPreflights(probe.page);
  expect(await probe.call(road.gateway.url, "green")).toMatchObject({
    code: "FailedPrecondition",
    reason: "STRATEGY_MISMATCH",
  });
  await expect.poll(() => preflights.length).toBe(1);
  const headers = preflights[0]?.headers ?? {};
  expect(preflights[0]?.status).toBe(200);
  expect(headers["access-control-allow-origin"]).toBe(new URL(road.probeUrl).origin);
  expect(listOf(headers["access-control-allow-methods"])).toContain("post");
  // What gRPC-Web and the protocol send.
  expect(listOf(headers["access-control-allow-headers"])).toEqual(
    expect.arrayContaining(["content-type", "x-grpc-web", "strategy", "plannerip", "cluster-name", "authorization"]),
  );
  expect(Number(headers["access-control-max-age"])).toBeGreaterThan(0);
});

test("a page of a foreign origin is refused before any stack is asked", async ({ road, page }) => {
  const probe = await openProbe(page, road.foreignUrl);
  const preflights = await watchPreflights(page);
  const end = await probe.call(road.gateway.url, "blue");
  expect(end).toMatchObject({ kind: "failed", reason: null });
  await expect.poll(() => preflights.length).toBe(1);
  expect(preflights[0]?.headers).not.toHaveProperty("access-control-allow-origin");
  expect(road.mock.control.calls()).toEqual([]);
});

test("the client tells a foreign page that its origin may be the cause", async ({ road, page }) => {
  const probe = await openProbe(page, road.foreignUrl);
  expect(await probe.query(road.gateway.url, "SELECT 1")).toMatchObject({ kind: "failed", code: "NETWORK" });
});
