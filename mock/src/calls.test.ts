import { describe, expect, it } from "vitest";
import { createCallLog } from "./calls.ts";

const arrival = { time: 0, stack: "blue", rpc: "clear", authorization: "absent" } as const;

describe("createCallLog()", () => {
  it("numbers calls and gives those after a number", () => {
    const log = createCallLog(10);
    for (let i = 0; i < 3; i += 1) log.open(arrival);
    expect(log.after().map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(log.after(2).map(({ number }) => number)).toEqual([3]);
  });

  it("keeps the last calls only", () => {
    const log = createCallLog(3);
    for (let i = 0; i < 20; i += 1) log.open(arrival);
    expect(log.after().map(({ number }) => number)).toEqual([18, 19, 20]);
  });

  it("goes on counting when it is cleared", () => {
    const log = createCallLog(3);
    log.open(arrival);
    log.clear();
    log.open(arrival);
    expect(log.after().map(({ number }) => number)).toEqual([2]);
  });

  it("tells who watches of each call that ends", () => {
    const log = createCallLog(1);
    const seen: unknown[] = [];
    const unwatch = log.watch(({ number, outcome }) => seen.push([number, outcome.kind]));
    const [first, second] = [log.open(arrival), log.open(arrival)];
    second.outcome = { kind: "cut" };
    log.close(second);
    unwatch();
    log.close(first);
    expect(seen).toEqual([[2, "cut"]]);
  });

  it("gives calls as they stand, not as they become", () => {
    const log = createCallLog(3);
    const call = log.open(arrival);
    const [before] = log.after();
    call.outcome = { kind: "cut" };
    expect(before?.outcome).toEqual({ kind: "pending" });
    expect(log.after()[0]?.outcome).toEqual({ kind: "cut" });
  });
});
