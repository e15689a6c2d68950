import { expect } from "@playwright/test";
import { test } from "./support/fixtures.ts";

const mismatch = {
  kind: "failed",
  code: "FailedPrecondition",
  reason: "STRATEGY_MISMATCH",
  retrySafe: "true",
  upstreamStatus: "456",
  activeStrategy: "blue",
};
const suspended = {
  ...mismatch,
  code: "Unavailable",
  reason: "CLUSTER_SUSPENDED",
  upstreamStatus: "503",
};

const bareStatuses = [
  { form: "http-456", body: "without a body", end: mismatch },
  { form: "http-456-text", body: "with text", end: mismatch },
  { form: "http-456-html", body: "with HTML", end: mismatch },
  { form: "http-503", body: "without a body", end: suspended },
  { form: "http-503-text", body: "with text", end: suspended },
  { form: "http-503-html", body: "with HTML", end: suspended },
] as const;

test.describe("a bare HTTP status of a stack's load balancer", () => {
  for (const { form, body, end } of bareStatuses) {
    test(`${end.upstreamStatus} ${body} is a gRPC error that the page can read`, async ({ road, probe }) => {
      road.mock.control.faults([{ rpc: "authenticate", form }]);
      expect(await probe.call(road.gateway.url, "blue")).toEqual(end);
      // It was that call: the next one is answered.
      expect(await probe.call(road.gateway.url, "blue")).toEqual({ kind: "answered" });
    });
  }

  for (const { form, body } of bareStatuses.slice(0, 3)) {
    test(`456 ${body} of both stacks is NO_ACTIVE_STACK of the client`, async ({ road, probe }) => {
      road.mock.control.faults([{ rpc: "authenticate", form, times: 1000 }]);
      expect(await probe.query(road.gateway.url, "SELECT 1")).toMatchObject({
        kind: "failed",
        code: "NO_ACTIVE_STACK",
        cause: { code: "STRATEGY_MISMATCH", reason: "STRATEGY_MISMATCH" },
      });
    });
  }

  for (const { form, body } of bareStatuses.slice(3)) {
    test(`503 ${body} is CLUSTER_SUSPENDED of the client`, async ({ road, probe }) => {
      road.mock.control.faults([{ rpc: "authenticate", form, times: 1000 }]);
      expect(await probe.query(road.gateway.url, "SELECT 1")).toMatchObject({
        kind: "failed",
        code: "CLUSTER_SUSPENDED",
        reason: "CLUSTER_SUSPENDED",
      });
    });
  }
});

test.describe("a stack that is down", () => {
  test("is a gRPC error that the page can read", async ({ road, probe }) => {
    await road.mock.control.setStack("blue", { up: false });
    expect(await probe.call(road.gateway.url, "blue")).toEqual({
      kind: "failed",
      code: "Unavailable",
      reason: "NO_HEALTHY_UPSTREAM",
      retrySafe: "true",
      upstreamStatus: "0",
      activeStrategy: "blue",
    });
  });

  test("does not keep the client from the other one", async ({ road, probe }) => {
    await road.mock.control.setStack("blue", { up: false });
    road.mock.control.switch("green");
    expect(await probe.query(road.gateway.url, "SELECT 42")).toEqual({
      kind: "rows",
      rows: [["42"]],
      strategy: "green",
    });
  });

  test("together with the other one is NO_ACTIVE_STACK of the client", async ({ road, probe }) => {
    await road.mock.control.setStack("blue", { up: false });
    await road.mock.control.setStack("green", { up: false });
    expect(await probe.query(road.gateway.url, "SELECT 1")).toMatchObject({
      kind: "failed",
      code: "NO_ACTIVE_STACK",
      cause: { code: "GATEWAY", reason: "NO_HEALTHY_UPSTREAM" },
    });
  });
});
