import { describe, expect, it } from "vitest";
import { createFaults } from "./faults.ts";
import { InputError } from "./input-error.ts";

const rpcs = new Set(["authenticate", "clear", "ClusterService/status"]);

describe("createFaults()", () => {
  it("hits the first matching call, once, by default", () => {
    const faults = createFaults(rpcs);
    faults.add([{ rpc: "clear", form: "http-456" }]);
    expect(faults.take("blue", "authenticate")).toBe(undefined);
    expect(faults.take("blue", "clear")).toMatchObject({ form: "http-456" });
    expect(faults.take("blue", "clear")).toBe(undefined);
    expect(faults.list()).toEqual([]);
  });

  it("hits the nth call and those after it as often as it is told", () => {
    const faults = createFaults(rpcs);
    faults.add([{ rpc: "clear", form: "http-456", nth: 2, times: 2 }]);
    const hits = [1, 2, 3, 4].map(() => faults.take("blue", "clear") !== undefined);
    expect(hits).toEqual([false, true, true, false]);
  });

  it("hits each so many-th call until it is cleared", () => {
    const faults = createFaults(rpcs);
    faults.add([{ rpc: "clear", delayMs: 5, every: 3 }]);
    const hits = [1, 2, 3, 4, 5, 6].map(() => faults.take("blue", "clear") !== undefined);
    expect(hits).toEqual([false, false, true, false, false, true]);
    faults.clear();
    expect([1, 2, 3].map(() => faults.take("blue", "clear"))).toEqual([undefined, undefined, undefined]);
  });

  it("keeps to its stack", () => {
    const faults = createFaults(rpcs);
    faults.add([{ rpc: "*", stack: "green", form: "http-503" }]);
    expect(faults.take("blue", "clear")).toBe(undefined);
    expect(faults.take("green", "clear")).toBeDefined();
  });

  it("counts a call against every rule; the oldest that is due wins", () => {
    const faults = createFaults(rpcs);
    faults.add([
      { rpc: "clear", form: "http-456" },
      { rpc: "*", form: "http-503", nth: 2 },
    ]);
    expect(faults.take("blue", "clear")?.form).toBe("http-456");
    expect(faults.take("blue", "clear")?.form).toBe("http-503");
  });

  it.each([
    [{ rpc: "nope", form: "http-456" } as const, /no RPC "nope"/],
    [{ rpc: "clear", delayMs: 5, every: 2, nth: 1 } as const, /either "every", or "nth"/],
    [{ rpc: "clear" } as const, /needs a "form", a "delayMs", or both/],
    [{ rpc: "clear", form: "empty-session" } as const, /for the RPC "authenticate" only/],
  ])("refuses %j", (rule, message) => {
    const faults = createFaults(rpcs);
    expect(() => faults.add([{ rpc: "clear", form: "http-456" }, rule])).toThrow(InputError);
    expect(() => faults.add([rule])).toThrow(message);
    expect(faults.list()).toEqual([]);
  });

  it("refuses more rules than its limit", () => {
    const faults = createFaults(rpcs, 1);
    faults.add([{ rpc: "clear", delayMs: 5 }]);
    expect(() => faults.add([{ rpc: "clear", delayMs: 5 }])).toThrow(/More than 1 faults/);
  });
});
