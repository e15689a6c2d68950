import { describe, expect, it } from "vitest";
import { createManualRuntime } from "../../test/manual-runtime.ts";
import { eventually } from "../../test/store-suite.ts";
import { news } from "../../test/view-news.ts";
import { unknownStrategy } from "../strategy/strategy-state.ts";
import { createMemoryStore } from "../strategy/strategy-store.ts";
import { openStore } from "./open-store.ts";
import type { PlatformScope } from "./platform.ts";
import type { StoreEvent } from "./store-event.ts";

const gateway = { baseUrl: "https://gateway.example.com", cluster: undefined };

/** A scope that has these parts, each of which throws as soon as it is looked at. */
function scopeOf(...parts: readonly string[]): PlatformScope {
  const scope = new EventTarget();
  for (const part of parts) {
    Object.defineProperty(scope, part, {
      get: () => {
        throw new DOMException("told to fail", "SecurityError");
      },
    });
  }
  return scope;
}

function open(store: "shared" | "memory", scope: PlatformScope) {
  const events: StoreEvent[] = [];
  const opened = openStore({ ...gateway, store }, createManualRuntime(), (event) => events.push(event), scope);
  return { store: opened, events };
}

describe("openStore()", () => {
  it("takes a store of the caller's as it is", () => {
    const own = createMemoryStore(unknownStrategy("l", "e"));
    expect(openStore({ ...gateway, store: own }, createManualRuntime())).toBe(own);
  });

  it.each([
    ["where nothing can be shared", "shared", scopeOf()],
    ["where only channels are there, as in Node", "shared", scopeOf("BroadcastChannel")],
    ["where the caller wants it so", "memory", scopeOf("indexedDB", "BroadcastChannel")],
  ] as const)("keeps to itself %s, and asks nobody", async (_where, choice, scope) => {
    const { store, events } = open(choice, scope);
    expect(store.ready).toBeUndefined();
    expect(store.dispatch(news.accepted(store.read(), "green"))).toMatchObject({ active: "green", version: 1 });
    await store.close();
    expect(events).toEqual([]);
  });

  it.each([
    ["where it may not look at what there is", scopeOf("indexedDB", "BroadcastChannel"), "SecurityError"],
    ["in a page without the means", Object.assign(scopeOf(), { document: new EventTarget() }), "NotSupportedError"],
  ])("works, and says that it keeps to itself, %s", async (_where, scope, reason) => {
    const { store, events } = open("shared", scope as PlatformScope);
    expect(store.dispatch(news.accepted(store.read(), "green")).active).toBe("green");
    await store.ready;
    await eventually(() => expect(events).toEqual([{ type: "store-degraded", part: "bell", reason }]));
    expect(store.read().active).toBe("green");
    await store.close();
  });
});
