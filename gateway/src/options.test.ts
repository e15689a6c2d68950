import { describe, expect, it } from "vitest";
import { configNamed } from "../test/golden/configs.ts";
import { defaultTuning } from "./config/settings.ts";
import { type GatewayOptions, loopbackOrigins, validateOptions, validateState } from "./options.ts";

const stacks = { blue: { port: 1 }, green: { port: 2 } };

describe("validateOptions()", () => {
  it("fills in defaults that reach no further than this machine", () => {
    const stack = (port: number) => ({
      addresses: [{ host: "127.0.0.1", port }],
      tls: undefined,
      healthCheck: undefined,
    });
    expect(validateOptions(stacks)).toEqual({
      stacks: { blue: stack(1), green: stack(2) },
      listener: { host: "127.0.0.1", port: 0, origins: loopbackOrigins, trustedProxies: 0, tls: undefined },
      admin: { host: "127.0.0.1", port: 0, allowDrain: false },
      ...defaultTuning,
      deployment: undefined,
      concurrency: 2,
    });
  });

  it("takes of a stack only its address, for it may be more than that", () => {
    const blue = { port: 1, name: "blue", close: () => undefined };
    expect(validateOptions({ ...stacks, blue }).stacks.blue.addresses).toEqual([{ host: "127.0.0.1", port: 1 }]);
  });

  it("takes a whole configuration in their place", () => {
    const settings = validateOptions({ config: configNamed("full"), configFolder: "/etc/gateway" });
    expect(settings.jwt?.jwksFile).toBe("/etc/gateway/jwks.json");
  });

  it.each<[Partial<GatewayOptions>, string]>([
    [{ port: 65_536 }, "port is 65536: must be a whole number from 0 to 65535"],
    [{ port: 1.5 }, "port is 1.5"],
    [{ adminPort: -1 }, "adminPort is -1"],
    [{ blue: { port: 0 } }, "blue.port is 0: must be a whole number from 1 to 65535"],
    [{ green: { port: 1, host: "a b" } }, 'green.host is "a b": must be a host name or an IP address'],
    [{ host: "" }, 'host is "": must be an IP address'],
    [{ concurrency: 0 }, "concurrency is 0"],
    [{ origins: ["*"] }, 'origins[0] is "*": no wildcard'],
    [
      { origins: Array.from({ length: 101 }, () => "http://localhost") },
      "origins is a list of 101: must be a list of 0 to 100",
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
