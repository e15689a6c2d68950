import { afterEach, describe, expect, it, vi } from "vitest";
import { FakeGateway } from "../../test/fake-gateway.ts";
import { secret, threeFives } from "../../test/open-connection.ts";
import { eventually } from "../../test/store-suite.ts";
import { createConnection } from "../connection.ts";
import { readOptions } from "../options.ts";
import { platformRuntime } from "../runtime.ts";
import type { DeploymentEvent } from "../session/deployment-event.ts";
import { openAuditTrail } from "./audit-trail.ts";

/** A cluster that no other test knows. */
const anyCluster = () => ({ url: "https://gateway.example.com", cluster: crypto.randomUUID() });

function switched(at: number, from: "blue" | "green"): DeploymentEvent {
  return { type: "switched", from, to: from === "blue" ? "green" : "blue", changedAt: at, tookMs: undefined, at };
}

/** All that lies in the database of audit trails, as text. */
async function dump(): Promise<string> {
  const opened = Promise.withResolvers<IDBDatabase>();
  const request = indexedDB.open("e6data-web audit");
  request.onsuccess = () => opened.resolve(request.result);
  request.onerror = () => opened.reject(request.error);
  const database = await opened.promise;
  const store = database.transaction("switches").objectStore("switches");
  const [keys, values] = await Promise.all(
    [store.getAllKeys(), store.getAll()].map(
      (asked) => new Promise((resolve) => asked.addEventListener("success", () => resolve(asked.result))),
    ),
  );
  database.close();
  return JSON.stringify({ keys, values });
}

afterEach(() => vi.restoreAllMocks());

describe("openAuditTrail(), in a browser", () => {
  it("shows each tab what any of them wrote down, once", async () => {
    const cluster = anyCluster();
    const tabs = [openAuditTrail(cluster), openAuditTrail(cluster), openAuditTrail(cluster)];
    for (const tab of tabs) tab.record(switched(100_000, "blue"));
    tabs[1]?.record(switched(200_000, "green"));
    await Promise.all(tabs.map((tab) => tab.read()));
    for (const tab of [...tabs, openAuditTrail(cluster)]) {
      expect((await tab.read()).map(({ at, to }) => `${to} ${at}`)).toEqual(["green 100000", "blue 200000"]);
    }
  });

  it("writes a switch down when it is told, not when somebody reads", async () => {
    const cluster = anyCluster();
    openAuditTrail(cluster).record(switched(100_000, "blue"));
    const reader = openAuditTrail(cluster);
    await eventually(async () => expect(await reader.read()).toHaveLength(1));
  });

  it("keeps the trails of clusters apart, and their lengths within the limit", async () => {
    const [one, other] = [anyCluster(), anyCluster()];
    const trail = openAuditTrail({ ...one, limit: 3 });
    for (let at = 1; at <= 6; at++) trail.record(switched(100_000 * at, at % 2 === 1 ? "blue" : "green"));
    await trail.read();
    expect((await openAuditTrail(one).read()).map(({ at }) => at)).toEqual([400_000, 500_000, 600_000]);
    expect(await openAuditTrail(other).read()).toEqual([]);
  });

  it("writes down later what could not be stored, and tells the failure once", async () => {
    const cluster = anyCluster();
    const onFailure = vi.fn();
    const trail = openAuditTrail({ ...cluster, onFailure });
    const open = vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("told to fail", "UnknownError");
    });
    trail.record(switched(100_000, "blue"));
    expect(await trail.read()).toHaveLength(1);
    expect(onFailure.mock.calls).toEqual([["UnknownError"]]);
    open.mockRestore();
    expect(await openAuditTrail(cluster).read()).toEqual([]);
    expect(await trail.read()).toHaveLength(1);
    expect(await openAuditTrail(cluster).read()).toHaveLength(1);
  });

  it("writes down the switches of real connections that share a store, without secrets, beside the store itself", async () => {
    const cluster = anyCluster();
    const gateway = new FakeGateway();
    gateway.result = threeFives.result;
    const trails = [openAuditTrail(cluster), openAuditTrail(cluster)];
    const connections = trails.map((trail) => {
      const options = { ...cluster, user: "ann-marked", token: secret, fetch: gateway.fetch };
      return createConnection(readOptions({ ...options, onDeployment: trail.record }), platformRuntime);
    });
    for (const connection of connections) await connection.query("select 'marked'");
    gateway.active = "green";
    for (const connection of connections) await connection.query("select 'marked'");
    await Promise.all(connections.map((connection) => connection.close()));
    const [trail] = await Promise.all(trails.map((one) => one.read()));
    expect(trail?.map(({ to }) => to)).toEqual(["blue", "green"]);
    const text = await dump();
    expect(text).toContain(cluster.cluster);
    for (const word of ["marked", secret, "-session-"]) expect(text).not.toContain(word);
  });

  it("keeps no connection to its database: site data can be cleared at any time", async () => {
    const cluster = anyCluster();
    const trail = openAuditTrail(cluster);
    trail.record(switched(100_000, "blue"));
    await trail.read();
    const deleted = Promise.withResolvers<string>();
    const request = indexedDB.deleteDatabase("e6data-web audit");
    request.onsuccess = () => deleted.resolve("deleted");
    request.onblocked = () => deleted.resolve("blocked");
    expect(await deleted.promise).toBe("deleted");
    trail.record(switched(200_000, "green"));
    expect((await trail.read()).map(({ at }) => at)).toEqual([200_000]);
  });
});
