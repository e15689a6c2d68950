import { describe, expect, it, vi } from "vitest";
import type { PlatformScope } from "../store/platform.ts";
import { type AuditOptions, openAuditTrail } from "./audit-trail.ts";

const url = "https://gateway.example.com";
const nowhere: PlatformScope = new EventTarget();
const toGreen = { type: "switched", from: "blue", to: "green", changedAt: 100, tookMs: 5, at: 101 } as const;
const entry = { at: 100, from: "blue", to: "green", tookMs: 5 };

/** A scope whose databases fail to open. */
const broken: PlatformScope = Object.assign(new EventTarget(), {
  indexedDB: {
    open() {
      throw new DOMException("told to fail", "SecurityError");
    },
  } as unknown as IDBFactory,
});

describe("openAuditTrail(), where there is no storage", () => {
  it("keeps switches in memory, and passes over other events", async () => {
    const trail = openAuditTrail({ url, scope: nowhere });
    expect(await trail.read()).toEqual([]);
    trail.record({ type: "announced", stack: "green", by: "header", at: 1 });
    trail.record(toGreen);
    trail.record(toGreen);
    trail.record({ type: "mismatch", stack: "blue", at: 1 });
    expect(await trail.read()).toEqual([entry]);
  });

  it("keeps so many of them", async () => {
    const trail = openAuditTrail({ url, scope: nowhere, limit: 2 });
    for (const [index, [from, to]] of [
      ["blue", "green"] as const,
      ["green", "blue"] as const,
      ["blue", "green"] as const,
    ].entries()) {
      trail.record({ ...toGreen, from, to, changedAt: 100_000 * index });
    }
    expect((await trail.read()).map(({ at }) => at)).toEqual([100_000, 200_000]);
  });

  it.each([
    ["there is none", nowhere, "NotSupportedError"],
    ["it fails", broken, "SecurityError"],
  ])("tells so once: %s", async (_case, scope, reason) => {
    const onFailure = vi.fn();
    const trail = openAuditTrail({ url, scope, onFailure });
    trail.record(toGreen);
    await trail.read();
    await trail.read();
    expect(onFailure.mock.calls).toEqual([[reason]]);
  });

  it("goes on whatever the one who is told throws", async () => {
    const reported: unknown[] = [];
    vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
    const failure = new Error("broken");
    const onFailure = () => {
      throw failure;
    };
    const trail = openAuditTrail({ url, scope: nowhere, onFailure });
    trail.record(toGreen);
    expect(await trail.read()).toEqual([entry]);
    expect(reported).toEqual([failure]);
    vi.unstubAllGlobals();
  });

  it.each<[object, string]>([
    [{}, 'option "url" is not an absolute URL'],
    [{ url: "nowhere" }, 'option "url" is not an absolute URL'],
    [{ url, cluster: "a b" }, `option "cluster" is not a cluster's name`],
    [{ url, limit: 0 }, 'option "limit" is not a whole number from 1 to 10000'],
    [{ url, onFailure: 1 }, 'option "onFailure" is not a function'],
    [{ url, scope: 1 }, 'option "scope" is not a global scope'],
    [{ url, scope: null }, 'option "scope" is not a global scope'],
    [{ url, surprise: 1 }, 'option "surprise" is not known to openAuditTrail()'],
  ])("refuses %o", (options, message) => {
    expect(() => openAuditTrail(options as AuditOptions)).toThrow(message);
  });
});
