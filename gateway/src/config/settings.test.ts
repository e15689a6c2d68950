import { describe, expect, it } from "vitest";
import { configNamed } from "../../test/golden/configs.ts";
import { defaultTuning, readSettings } from "./settings.ts";

interface Json {
  [key: string]: unknown;
}

/** A configuration in which one value is another; `undefined` leaves the key away. */
function configWith(name: string, path: string, value: unknown): unknown {
  const config = configNamed(name) as Json;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let inner = config;
  for (const key of keys) {
    inner[key] ??= {};
    inner = inner[key] as Json;
  }
  inner[last] = value;
  return JSON.parse(JSON.stringify(config));
}

const read = (config: unknown) => readSettings(config, { folder: "/etc/gateway" });

describe("readSettings()", () => {
  it("fills in defaults that open nothing", () => {
    expect(read(configNamed("minimal"))).toMatchObject({
      stacks: {
        blue: {
          addresses: [{ host: "127.0.0.1", port: 20_051 }],
          tls: undefined,
          healthCheck: { kind: "tcp", interval: 5000, timeout: 2000, failures: 3 },
        },
      },
      listener: { host: "127.0.0.1", port: 8080, trustedProxies: 0, tls: undefined },
      admin: { host: "127.0.0.1", port: 9901, allowDrain: false },
      ...defaultTuning,
      jwt: undefined,
      deployment: undefined,
      concurrency: 2,
    });
    expect(defaultTuning).toMatchObject({
      limits: { requestBody: 4_195_328, requestHeaders: 32_768, callsPerStack: 1000, memory: undefined },
      timeouts: { silence: 660_000, call: 3_600_000, connect: 3000 },
      rateLimits: { classes: {}, clients: 10_000 },
    });
  });

  it("reads every key", () => {
    expect(read(configNamed("full"))).toMatchObject({
      stacks: {
        blue: {
          tls: {
            caFile: "/etc/gateway/engine/ca.pem",
            serverName: "blue.engine.internal",
            certificate: { keyFile: "/etc/gateway/client/key.pem" },
          },
          healthCheck: { kind: "grpc", interval: 2000, timeout: 1000, failures: 2 },
        },
        green: { tls: { certificate: undefined }, healthCheck: undefined },
      },
      listener: { trustedProxies: 1, tls: { minimumVersion: "1.3" } },
      limits: { requestBody: 8_388_608, memory: 1_073_741_824 },
      timeouts: { silence: 900_000, call: 7_200_000 },
      rateLimits: {
        classes: { new: { calls: 10, per: 1000, burst: 50 }, continue: { calls: 100, per: 500, burst: 400 } },
        clients: 50_000,
      },
      jwt: { audiences: ["e6data"], jwksFile: "/etc/gateway/jwks.json", clockSkew: 30_000 },
      observability: { metrics: { host: "0.0.0.0", port: 9902 } },
      deployment: {
        folder: "/etc/gateway/deployment",
        replicas: ["http://127.0.0.1:9901", "http://10.0.0.21:9901"],
        publish: ["./publish.sh", "--namespace", "gateway"],
      },
      concurrency: 4,
    });
  });

  it("lets a bucket hold as much as it gets, unless something else is said", () => {
    const { rateLimits } = read(configWith("minimal", "rateLimits.newWork", { calls: 7, per: "1m" }));
    expect(rateLimits.classes).toEqual({ new: { calls: 7, per: 60_000, burst: 7 } });
  });

  it("asks the gateway of the same configuration, where no replica is named", () => {
    const config = configWith("minimal", "deployment.folder", "state");
    expect(read(config).deployment?.replicas).toEqual(["http://127.0.0.1:9901"]);
  });

  it.each<[string, unknown, string]>([
    ["stacks.blue.addresses", [], "stacks.blue.addresses is a list of 0: must be a list of 1 to 64 objects"],
    ["stacks.green.addresses", undefined, "stacks.green.addresses is missing: it must be a list of 1 to 64 objects"],
    ["stacks.blue.addresses", [{ port: 0 }], "stacks.blue.addresses[0].port is 0: must be a whole number from 1"],
    ["stacks.blue.addresses", [{ host: "a b", port: 1 }], 'addresses[0].host is "a b": must be a host name'],
    ["stacks.red", {}, "stacks.red is unknown: the keys here are blue, green"],
    ["stacks.blue.tls", { serverName: "a" }, "stacks.blue.tls.caFile is missing: it must be the path of a file"],
    ["stacks.blue.tls", { caFile: "ca.pem" }, "stacks.blue.tls.serverName is missing: it must be a host name"],
    [
      "stacks.blue.tls",
      { caFile: "a", serverName: "b", verify: false },
      "stacks.blue.tls.verify is unknown: the keys here are caFile, clientCertificate",
    ],
    ["stacks.blue.healthCheck.kind", "http", 'healthCheck.kind is "http": must be "tcp" or "grpc" or "none"'],
    ["listener.port", 65_536, "listener.port is 65536: must be a whole number from 0 to 65535"],
    ["listener.port", "80", 'listener.port is "80": must be a whole number'],
    ["listener.host", "localhost", 'listener.host is "localhost": must be an IP address'],
    ["listener.origins", undefined, "listener.origins is missing: it must be a list of 0 to 100, each an origin"],
    ["listener.origins", ["*"], "listener.origins[0] is \"*\": no wildcard but ':*' for the port is allowed"],
    [
      "listener.origins",
      ["https://a.test", "https://*.b.test"],
      'listener.origins[1] is "https://*.b.test": no wildcard',
    ],
    ["listener.origins", [7], "listener.origins[0] is 7: must be an origin"],
    ["listener.credentials", true, "listener.credentials is unknown: the keys here are host, origins, port, tls"],
    ["listener.tls", { certificateFile: "c.pem" }, "listener.tls.keyFile is missing: it must be the path of a file"],
    [
      "listener.tls",
      { certificateFile: "c.pem", keyFile: "-----BEGIN PRIVATE KEY-----\nMIGHAgEA" },
      "listener.tls.keyFile is (not shown): must be the path of a file",
    ],
    [
      "listener.tls",
      { certificateFile: "c.pem", keyFile: "k.pem", minimumVersion: "1.0" },
      'listener.tls.minimumVersion is "1.0": must be "1.2" or "1.3"',
    ],
    ["admin.host", "0.0.0.0", 'admin.host is "0.0.0.0": must be 127.0.0.1 or ::1, since whoever reaches it'],
    ["admin.port", 8080, "admin is an object: its port, 8080, is that of listener too: choose another"],
    ["admin", { port: 0, host: "::1", path: "/x" }, "admin.path is unknown: the keys here are allowDrain, host, port"],
    ["observability.metrics", { port: 9901 }, "observability is an object: its port, 9901, is that of admin too"],
    [
      "limits.requestBody",
      4_194_304,
      "limits.requestBody is 4194304: must be a size from 1KiB to 256MiB, written with",
    ],
    ["limits.requestBody", "1GiB", 'limits.requestBody is "1GiB": must be a size from 1KiB to 256MiB'],
    ["limits.callsPerStack", 0, "limits.callsPerStack is 0: must be a whole number from 1 to 1000000"],
    ["timeouts.silence", 660, "timeouts.silence is 660: must be a duration from 10ms to 24h, written with its unit"],
    ["timeouts.requestHeaders", "2m", 'timeouts.requestHeaders is "2m": must not be longer than request'],
    ["rateLimits.newWork", {}, "rateLimits.newWork.calls is missing: it must be a whole number from 1 to 1000000"],
    ["rateLimits.newWork", { calls: 1, per: "10ms" }, 'rateLimits.newWork.per is "10ms": must be a duration from 50ms'],
    ["rateLimits.authenticate", { calls: 1 }, "rateLimits.authenticate is unknown: the keys here are clients"],
    ["jwt", { issuer: "i", jwksFile: "j" }, "jwt.audiences is missing: it must be a list of 1 to 32"],
    ["jwt", { issuer: "i", audiences: [], jwksFile: "j" }, "jwt.audiences is a list of 0: must be a list of 1 to 32"],
    ["deployment", {}, "deployment.folder is missing: it must be the path of a file"],
    ["deployment", { folder: "d", replicas: ["10.0.0.1:9901"] }, 'deployment.replicas[0] is "10.0.0.1:9901": must be'],
    [
      "deployment",
      { folder: "d", replicas: ["http://ada:s3cret@gateway:9901"] },
      "deployment.replicas[0] is (not shown): must be an address such as",
    ],
    ["deployment", { folder: "d", publish: ["sh", "a\0"] }, "deployment.publish[1] is (not shown): must be a text"],
    ["concurrency", 0, "concurrency is 0: must be a whole number from 1 to 64"],
    ["tracing", {}, "tracing is unknown: the keys here are admin, concurrency, deployment"],
  ])("refuses %s: %o", (path, value, message) => {
    expect(() => read(configWith("minimal", path, value))).toThrow(message);
  });

  it("refuses a deployment of which nobody can know where to ask", () => {
    const config = configWith("minimal", "deployment.folder", "d") as Json;
    expect(() => read({ ...config, admin: { port: 0 } })).toThrow("deployment.replicas is missing: it must be a list");
  });

  it.each([null, [], 7, "{}"])("refuses %o as a whole", (config) => {
    expect(() => read(config)).toThrow(/^the configuration is .*: must be an object$/);
  });
});
