import { describe, expect, it } from "vitest";
import { readServerOptions } from "./options.ts";

describe("readServerOptions()", () => {
  it("has defaults for everything", () => {
    const options = readServerOptions([], {});
    expect({ ...options, gateway: options.gateway.href }).toEqual({
      host: "127.0.0.1",
      port: 3000,
      gateway: "http://127.0.0.1:8080/",
      built: false,
      help: false,
    });
  });

  it("reads the environment", () => {
    const options = readServerOptions([], {
      E6_DASHBOARD_HOST: "0.0.0.0",
      E6_DASHBOARD_PORT: "4000",
      E6_GATEWAY_URL: "https://gateway.example",
    });
    expect(options.host).toBe("0.0.0.0");
    expect(options.port).toBe(4000);
    expect(options.gateway.origin).toBe("https://gateway.example");
  });

  it("lets the command line stand above the environment", () => {
    const env = { E6_DASHBOARD_PORT: "4000", E6_GATEWAY_URL: "https://gateway.example" };
    const options = readServerOptions(["--port", "0", "--gateway-url", "http://localhost:9", "--built"], env);
    expect(options.port).toBe(0);
    expect(options.gateway.origin).toBe("http://localhost:9");
    expect(options.built).toBe(true);
  });

  it.each([
    [["--prot", "3000"], "Unknown option '--prot'"],
    [["extra"], "Unexpected argument 'extra'"],
    [["--port", "65536"], '"65536" is not a port'],
    [["--port", "-1"], "--port"],
    [["--port", "0x10"], '"0x10" is not a port'],
    [["--port", ""], '"" is not a port'],
    [["--host", "localhost"], '"localhost" is not an IP address'],
    [["--gateway-url", "ftp://x"], '"ftp://x" is not a gateway address'],
    [["--gateway-url", "127.0.0.1:8080"], "is not a gateway address"],
  ])("refuses %j in one line", (args, message) => {
    expect(() => readServerOptions(args, {})).toThrow(message);
    expect(() => readServerOptions(args, {})).toThrow(/^[^\n]*$/);
  });

  it("never repeats credentials of a gateway address", () => {
    expect(() => readServerOptions(["--gateway-url", "http://me:geheim@host"], {})).toThrow(
      /^(?!.*geheim).*credentials/,
    );
  });
});
