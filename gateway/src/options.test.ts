import { describe, expect, it } from "vitest";
import { type GatewayOptions, loopbackOrigins, validateOptions, validateState } from "./options.ts";

const stacks = { blue: { port: 1 }, green: { port: 2 } };

describe("validateOptions()", () => {
  it("fills in defaults that reach no further than this machine", () => {
    expect(validateOptions(stacks)).toEqual({
      stacks: { blue: { host: "127.0.0.1", port: 1 }, green: { host: "127.0.0.1", port: 2 } },
      host: "127.0.0.1",
      port: 0,
      adminPort: 0,
      origins: loopbackOrigins,
      concurrency: 2,
    });
  });

  it.each<[Partial<GatewayOptions>, string]>([
    [{ port: 65_536 }, "port is 65536: must be a whole number from 0 to 65535"],
    [{ port: 1.5 }, "port is 1.5"],
    [{ adminPort: -1 }, "adminPort is -1"],
    [{ blue: { port: 0 } }, "blue.port is 0: must be a whole number from 1 to 65535"],
    [{ green: { port: 1, host: "a b" } }, 'green.host is "a b": must be a host name or an IP address'],
    [{ host: "" }, 'host is "": must be'],
    [{ concurrency: 0 }, "concurrency is 0"],
    [{ origins: ["*"] }, 'origins is "*": no wildcard'],
    [
      { origins: Array.from({ length: 101 }, () => "http://localhost") },
      'origins is "101 entries": may hold 100 at most',
    ],
  ])("refuses %o", (options, message) => {
    expect(() => validateOptions({ ...stacks, ...options })).toThrow(message);
  });
});

describe("validateState()", () => {
  it("takes what it is given, and no more", () => {
    expect(validateState({ active: "blue", announced: undefined })).toEqual({ active: "blue" });
    expect(validateState({ active: "blue", announced: "green" })).toEqual({ active: "blue", announced: "green" });
  });
});
