import { describe, expect, it } from "vitest";
import { openConnection } from "../../test/open-connection.ts";
import { createOpenTelemetry } from "../../test/open-telemetry.ts";
import type { DeploymentEvent, DeploymentStep } from "../session/deployment-event.ts";
import { measureDeployment } from "./measure-deployment.ts";

/** What was measured of these steps, by instrument, without prefix. */
async function measuredOf(...steps: readonly DeploymentStep[]) {
  const { meter, instruments } = createOpenTelemetry();
  const { onDeployment } = measureDeployment(meter);
  for (const step of steps) onDeployment({ ...step, at: 7 } as DeploymentEvent);
  const found = (await instruments()).map(({ descriptor, dataPoints }) => [
    descriptor.name.replace("e6data.client.deployment.", ""),
    { unit: descriptor.unit, points: dataPoints.map(({ attributes, value }) => ({ attributes, value })) },
  ]);
  return Object.fromEntries(found);
}

describe("measureDeployment()", () => {
  it("counts look-ups that were answered by what was known, and those that were not", async () => {
    const { meter, measured } = createOpenTelemetry();
    const { connection } = openConnection(measureDeployment(meter));
    await connection.query("select 1");
    await connection.query("select 1");
    await using submitted = await connection.submit("select 1");
    await (await connection.attach(submitted.handle())).detach();
    await connection.close();
    expect(await measured("e6data.client.deployment.lookups")).toEqual([
      { attributes: { "e6data.lookup": "miss" }, value: 1 },
      { attributes: { "e6data.lookup": "hit" }, value: 3 },
    ]);
  });

  it("counts 456s by stack", async () => {
    const { meter, measured } = createOpenTelemetry();
    const { gateway, connection } = openConnection(measureDeployment(meter));
    await connection.query("select 1");
    gateway.active = "green";
    await connection.query("select 1");
    await connection.close();
    const [point] = await measured("e6data.client.deployment.mismatches");
    expect(point).toEqual({ attributes: { "e6data.strategy": "blue" }, value: gateway.refused.length });
    expect(await measured("e6data.client.deployment.switches")).toEqual([
      { attributes: { "e6data.strategy": "green", "e6data.switch": "found" }, value: 1 },
    ]);
  });

  it("measures searches, switches, cures and losses, in seconds", async () => {
    const measured = await measuredOf(
      { type: "detected", stack: "green", code: undefined, tookMs: 20 },
      { type: "detected", stack: undefined, code: "NO_ACTIVE_STACK", tookMs: 3_000 },
      { type: "switched", from: undefined, to: "blue", changedAt: 1, tookMs: undefined },
      { type: "switched", from: "blue", to: "green", changedAt: 1, tookMs: 1_500 },
      { type: "recovered", code: "NETWORK", by: "restart", tries: 2, tookMs: 40 },
      { type: "interrupted", queryId: "q1", strategy: "blue", rowsDelivered: 3 },
      { type: "store-degraded", part: "bell", reason: "SecurityError" },
    );
    const once = (sum: number) => expect.objectContaining({ count: 1, sum });
    expect(measured).toEqual({
      "detection.duration": {
        unit: "s",
        points: [
          { attributes: { "e6data.strategy": "green" }, value: once(0.02) },
          { attributes: { "error.type": "NO_ACTIVE_STACK" }, value: once(3) },
        ],
      },
      switches: {
        unit: "{switch}",
        points: [{ attributes: { "e6data.strategy": "green", "e6data.switch": "announced" }, value: 1 }],
      },
      "switch.duration": { unit: "s", points: [{ attributes: { "e6data.strategy": "green" }, value: once(1.5) }] },
      "recovery.duration": {
        unit: "s",
        points: [{ attributes: { "e6data.recovery": "restart", "error.type": "NETWORK" }, value: once(0.04) }],
      },
      interruptions: { unit: "{query}", points: [{ attributes: { "e6data.strategy": "blue" }, value: 1 }] },
      "store.degradations": {
        unit: "{degradation}",
        points: [{ attributes: { "e6data.part": "bell", "error.type": "SecurityError" }, value: 1 }],
      },
    });
  });

  it("measures no time by a clock that was set back", () => {
    const told: (readonly [string, number])[] = [];
    const instrument = (name: string) => (value: number) => void told.push([name.split(".").at(-1) ?? "", value]);
    const { onDeployment } = measureDeployment({
      createHistogram: (name) => ({ record: instrument(name) }),
      createCounter: (name) => ({ add: instrument(name) }),
    });
    onDeployment({ type: "switched", from: "blue", to: "green", changedAt: 1, tookMs: -5, at: 7 });
    expect(told).toEqual([["switches", 1]]);
  });

  it("refuses what is no meter", () => {
    expect(() => measureDeployment(Object({ createCounter: () => undefined }))).toThrow(
      'option "meter" has no function createHistogram',
    );
  });
});
