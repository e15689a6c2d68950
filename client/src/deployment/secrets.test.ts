import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { type FakeGateway, refusal, trailersOnly } from "../../test/fake-gateway.ts";
import { longResult } from "../../test/long-result.ts";
import { bearer, openConnection, secret } from "../../test/open-connection.ts";
import { createOpenTelemetry } from "../../test/open-telemetry.ts";
import type { DeploymentEvent } from "../session/deployment-event.ts";
import { openAuditTrail } from "./audit-trail.ts";
import { logDeployment } from "./log-deployment.ts";
import { measureDeployment } from "./measure-deployment.ts";
import { watchDeployment } from "./watch-deployment.ts";

/** Stands in every place that must not be told. */
const hidden = "hidden-by-all-means";

/** A connection that is watched as closely as can be, and all that was kept of it. */
function openWatched(options: object = {}) {
  const { meter, instruments } = createOpenTelemetry();
  const lines: unknown[] = [];
  const write = (...line: unknown[]) => void lines.push(line);
  const log = logDeployment({ debug: write, info: write, warn: write, error: write }, { level: "debug" });
  const measurement = measureDeployment(meter);
  const trail = openAuditTrail({ url: "https://gateway.example.com", scope: new EventTarget() });
  const listeners = [log, measurement.onDeployment, trail.record];
  const onDeployment = (event: DeploymentEvent) => {
    for (const listener of listeners) listener(event);
  };
  const selectStrategy = () => {
    throw new Error(hidden);
  };
  const asked = { user: `ann-${hidden}`, observe: measurement.observe, onDeployment, selectStrategy, catalog: hidden };
  const opened = openConnection({ ...asked, ...options });
  const watch = watchDeployment(opened.connection);
  const recorded = async () =>
    JSON.stringify({
      lines,
      instruments: await instruments(),
      trail: await trail.read(),
      snapshot: watch.snapshot(),
      health: watch.health(),
    });
  return { ...opened, recorded };
}

const troubles: readonly (readonly [string, (gateway: FakeGateway) => void])[] = [
  [
    "the stack changes",
    (gateway) => {
      gateway.active = "green";
    },
  ],
  [
    "an announced stack refuses in words",
    (gateway) => {
      gateway.target = "green";
      gateway.intercept = (_rpc, stack) =>
        stack === "green" ? trailersOnly(Code.Unauthenticated, `${hidden} ${secret}`) : undefined;
    },
  ],
  [
    "the engine repeats the statement in its error",
    (gateway) => {
      gateway.overrides.executeStatement = () => {
        throw new ConnectError(`Parser Error near ${hidden}`, Code.Internal);
      };
    },
  ],
  [
    "the network fails in the middle",
    (gateway) => {
      let calls = 0;
      gateway.result = longResult(3);
      gateway.intercept = (rpc) =>
        rpc === "getNextResultBatch" && ++calls % 2 === 0 ? Promise.reject(new TypeError(hidden)) : undefined;
    },
  ],
  [
    "a query is interrupted",
    (gateway) => {
      gateway.intercept = (rpc) => (rpc === "getResultMetadata" ? refusal("green") : undefined);
    },
  ],
];

describe("what is kept of a deployment", () => {
  it.each(troubles)("holds no statement, credential or session where %s", async (_case, trouble) => {
    for (const options of [{}, { ...bearer, accessToken: secret }]) {
      const { gateway, connection, recorded } = openWatched(options);
      await connection.query(`select '${hidden}'`);
      trouble(gateway);
      await connection.query(`select '${hidden}'`).catch(() => undefined);
      await connection.query(`insert into t values ('${hidden}')`).catch(() => undefined);
      await connection.close();
      const text = await recorded();
      expect(text).toContain("switched");
      expect(text).toContain("selection-ignored");
      for (const word of [hidden, secret, "-session-"]) expect(text).not.toContain(word);
    }
  });
});
