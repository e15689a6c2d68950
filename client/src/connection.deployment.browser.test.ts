import { afterEach, describe, expect, it, vi } from "vitest";
import { FakeGateway } from "../test/fake-gateway.ts";
import { secret, threeFives } from "../test/open-connection.ts";
import { eventually } from "../test/store-suite.ts";
import { connect } from "./connection.ts";
import { watchDeployment } from "./deployment/watch-deployment.ts";
import { platformRuntime } from "./runtime.ts";
import type { DeploymentEvent } from "./session/deployment-event.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A gateway that no other test uses, and connections to it as a page makes them, each with all that it is told. */
function createGateway() {
  const gateway = new FakeGateway();
  gateway.result = threeFives.result;
  const url = `https://${platformRuntime.newId()}.example.com`;
  const open = () => {
    const events: DeploymentEvent[] = [];
    const onDeployment = (event: DeploymentEvent) => void events.push(event);
    const connection = connect({ url, user: "ann", token: secret, fetch: gateway.fetch, onDeployment });
    return { connection, events };
  };
  return { gateway, open };
}

const moves = (events: readonly DeploymentEvent[]) =>
  events.flatMap((event) => (event.type === "switched" ? `${event.from} ${event.to}` : []));

describe("Connection.strategy in a browser", () => {
  it("tells each tab once of a switch, whichever of them has made it, with the same time", async () => {
    const { gateway, open } = createGateway();
    const [one, two, three] = [open(), open(), open()];
    await one.connection.query("select 1");
    await eventually(() => expect([one, two, three].map(({ events }) => moves(events).length)).toEqual([1, 1, 1]));
    gateway.active = "green";
    await Promise.all([one.connection.query("select 1"), two.connection.query("select 1")]);
    await eventually(() => expect(three.connection.strategy.active).toBe("green"));
    for (const { events } of [one, two, three]) expect(moves(events)).toEqual(["undefined blue", "blue green"]);
    const times = new Set([one, two, three].map(({ connection }) => connection.strategy.changedAt));
    expect(times.size).toBe(1);
    await Promise.all([one, two, three].map(({ connection }) => connection.close()));
  });

  it("tells that sharing has failed, and that it works again, and judges both", async () => {
    const { open } = createGateway();
    const opening = vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("told to fail", "QuotaExceededError");
    });
    const { connection, events } = open();
    const watch = watchDeployment(connection);
    await connection.query("select 1");
    const ofStore = () => events.filter(({ type }) => type.startsWith("store-"));
    expect(ofStore()).toMatchObject([{ type: "store-degraded", part: "storage", reason: "QuotaExceededError" }]);
    expect(watch.health()).toMatchObject({
      status: "degraded",
      store: { status: "degraded" },
      detection: { status: "healthy" },
    });
    opening.mockRestore();
    document.dispatchEvent(new Event("visibilitychange"));
    await eventually(() => expect(ofStore().map(({ type }) => type)).toEqual(["store-degraded", "store-restored"]));
    expect(watch.health().status).toBe("healthy");
    await connection.close();
  });
});
