import { describe, expect, it } from "vitest";
import { fakeReplicas } from "../../test/fake-replicas.ts";
import { awaitRoutes } from "./confirmation.ts";

const uses = (version: string, refused = 0) => ({ version, refused });
const before = [
  { url: "http://gateway-1", answer: uses("a", 3) },
  { url: "http://gateway-2", answer: uses("a") },
];

const b = () => Promise.resolve("b");

describe("awaitRoutes()", () => {
  it("waits for what is wanted by then, where somebody has changed that meanwhile", async () => {
    const { replicas, clock } = fakeReplicas([
      [uses("a"), uses("a")],
      [uses("b"), uses("c")],
      [uses("c"), uses("c")],
    ]);
    const wanted = ["b", "b", "c"];
    const next = () => Promise.resolve(wanted.shift() ?? "c");
    expect(await awaitRoutes(next, before, replicas, 1000, clock)).toEqual({ kind: "confirmed" });
  });

  it("waits for every gateway", async () => {
    const { replicas, clock } = fakeReplicas([
      [uses("b", 3), uses("a")],
      [uses("b", 3), undefined],
      [uses("b", 3), uses("b")],
    ]);
    expect(await awaitRoutes(b, before, replicas, 1000, clock)).toEqual({ kind: "confirmed" });
    expect(clock.now()).toBe(40);
  });

  it("ends at once where one has turned the routes down", async () => {
    const { replicas, clock } = fakeReplicas([[uses("b", 3), uses("a", 1)]]);
    expect(await awaitRoutes(b, before, replicas, 1000, clock)).toEqual({
      kind: "refused",
      by: ["http://gateway-2"],
    });
    expect(clock.now()).toBe(0);
  });

  it("does not hold against a gateway what it turned down before", async () => {
    const { replicas, clock } = fakeReplicas([
      [uses("a", 3), uses("b")],
      [uses("b", 3), uses("b")],
    ]);
    expect(await awaitRoutes(b, before, replicas, 1000, clock)).toEqual({ kind: "confirmed" });
  });

  it("names who is late, and with what", async () => {
    const { replicas, clock } = fakeReplicas([[uses("a", 3), undefined]]);
    expect(await awaitRoutes(b, before, replicas, 1000, clock)).toEqual({
      kind: "late",
      missing: [
        "http://gateway-1 uses the routes a, and has turned down 3 since its start",
        "http://gateway-2 does not answer",
      ],
    });
    expect(clock.now()).toBe(1000);
  });
});
