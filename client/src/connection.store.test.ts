import { describe, expect, it } from "vitest";
import { FakeSharing, type Step } from "../test/fake-sharing.ts";
import { createManualRuntime } from "../test/manual-runtime.ts";
import { openConnection, openConnectionOn, secret } from "../test/open-connection.ts";
import { eventually } from "../test/store-suite.ts";
import { platformRuntime } from "./runtime.ts";
import { unknownStrategy } from "./strategy/strategy-state.ts";
import { createMemoryStore } from "./strategy/strategy-store.ts";

/** Storage that never answers. */
const hanging = (step: Step) => (step === "read" || step === "write" ? new Promise<never>(() => undefined) : undefined);

describe("connect() with a store", () => {
  it("asks at once the stack that another connection has found", async () => {
    const sharing = new FakeSharing();
    const first = openConnection({ store: sharing.open(platformRuntime).store });
    first.gateway.active = "green";
    await first.connection.query("select 1");
    await eventually(() => expect(sharing.row?.active).toBe("green"));
    const second = openConnection({ store: sharing.open(platformRuntime).store });
    second.gateway.active = "green";
    expect((await second.connection.query("select 1")).strategy).toBe("green");
    expect([first.gateway, second.gateway].map(({ refused }) => refused)).toEqual([["blue authenticate"], []]);
    await Promise.all([first.connection.close(), second.connection.close()]);
  });

  it("lets the first call wait for a store that does not answer for 100 ms, and no other call at all", async () => {
    const runtime = createManualRuntime();
    const { store } = new FakeSharing().open(runtime, hanging);
    const { gateway, connection } = openConnection({ store });
    const first = connection.query("select 1");
    await eventually(() => expect(runtime.sleeping).toContain(100));
    expect(gateway.calls).toEqual([]);
    runtime.advance(100);
    expect((await first).strategy).toBe("blue");
    expect((await connection.query("select 1")).strategy).toBe("blue");
    await connection.close();
  });

  it("heeds a caller who leaves while the first call waits", async () => {
    const { store } = new FakeSharing().open(createManualRuntime(), hanging);
    const { gateway, connection } = openConnection({ store });
    const caller = new AbortController();
    const query = connection.query("select 1", undefined, { signal: caller.signal });
    caller.abort();
    await expect(query).rejects.toMatchObject({ code: "CANCELLED" });
    expect(gateway.calls).toEqual([]);
    await connection.close();
  });

  it("does not close a store of the caller's", async () => {
    const store = createMemoryStore(unknownStrategy("l", "e"));
    let told = 0;
    store.subscribe(() => told++);
    const { connection } = openConnectionOn(createManualRuntime(), { store });
    await connection.query("select 1");
    await connection.close();
    store.dispatch({ type: "accepted", stack: "green", epoch: store.read().epoch, nextEpoch: "next", at: 1 });
    expect(told).toBe(2);
  });

  it("shares no credential, session or statement", async () => {
    const sharing = new FakeSharing();
    const { gateway, connection } = openConnection({ store: sharing.open(platformRuntime).store, user: "ann.secret" });
    gateway.standby = gateway.target = "green";
    for (let n = 0; n < 3; n++) await connection.query("select secret_column from t where c = ?", ["bound-secret"]);
    gateway.active = "blue";
    gateway.standby = undefined;
    await connection.query("select secret_column from t");
    await eventually(() => expect(sharing.row?.active).toBe("blue"));
    await connection.close();
    const shared = JSON.stringify([sharing.history, sharing.rung]);
    const sessions = gateway.calls.map(({ sessionId }) => sessionId ?? "").filter((id) => id !== "");
    const queries = gateway.calls.map(({ queryId }) => queryId ?? "").filter((id) => id !== "");
    expect([sessions.length > 0, queries.length > 0]).toEqual([true, true]);
    for (const text of [secret, "secret", "ann", ...sessions, ...queries]) expect(shared).not.toContain(text);
  });
});
