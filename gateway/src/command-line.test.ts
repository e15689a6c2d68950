import { describe, expect, it } from "vitest";
import { help, readCommandLine } from "./command-line.ts";

describe("readCommandLine()", () => {
  it("has a default for everything, and gives ports away that nobody asked for", () => {
    expect(readCommandLine([], {})).toMatchObject({
      options: {
        port: 8080,
        adminPort: 9901,
        blue: { port: 20_051 },
        green: { port: 20_052 },
        active: "blue",
        origins: undefined,
      },
      isPortFixed: false,
      isAdminPortFixed: false,
    });
  });

  it("takes an option before a variable, and a variable before the default", () => {
    const env = { E6_GATEWAY_PORT: "1000", E6_BLUE_PORT: "1001", E6_GATEWAY_ORIGINS: "https://a.test, https://b.test" };
    expect(readCommandLine(["--port", "2000", "--active", "green"], env)).toMatchObject({
      options: { port: 2000, blue: { port: 1001 }, active: "green", origins: ["https://a.test", "https://b.test"] },
      isPortFixed: true,
    });
    expect(readCommandLine(["--origin", "https://c.test", "--origin", "https://d.test"], env)).toMatchObject({
      options: { origins: ["https://c.test", "https://d.test"] },
    });
  });

  it.each([
    [["--bogus"], "Unknown option '--bogus'; --help lists the options"],
    [["--port"], "Option '--port <value>' argument missing; --help lists the options"],
    [["--port", "-1"], "Option '--port' argument is ambiguous; --help lists the options"],
    [["--port", "eighty"], '--port (E6_GATEWAY_PORT) is "eighty": give a whole number'],
    [["--active", "red"], '--active (E6_GATEWAY_ACTIVE) is "red": give blue or green'],
    [["stray"], "--help lists the options"],
  ])("refuses %o in one line", (args, message) => {
    expect(() => readCommandLine(args, {})).toThrow(message);
    expect(() => readCommandLine(args, {})).not.toThrow("\n");
  });

  it("leaves all but the folder of the run to a configuration file", () => {
    const file = { kind: "file", path: "gateway.json", runDir: undefined, ignored: [] };
    expect(readCommandLine(["--config", "gateway.json"], {})).toEqual(file);
    expect(readCommandLine(["--run-dir", "run"], { E6_GATEWAY_CONFIG: "gateway.json" })).toEqual({
      ...file,
      runDir: "run",
    });
    expect(() => readCommandLine(["--config", "gateway.json", "--port", "1"], {})).toThrow(
      "--port cannot stand beside a configuration file: say it in the file, or leave --config away",
    );
    expect(() => readCommandLine(["--origin", "https://a.test"], { E6_GATEWAY_CONFIG: "gateway.json" })).toThrow(
      "--origin cannot stand beside a configuration file",
    );
  });

  it("names the variables that say nothing beside a configuration file: each but its own and that of the run's folder", () => {
    const variables = [...help.matchAll(/\bor (E6_[A-Z_]+)/g)].map(([, variable]) => variable ?? "");
    expect(variables.length).toBe(13);
    const env = Object.fromEntries(variables.map((variable) => [variable, "gateway.json"]));
    const commandLine = readCommandLine([], { ...env, E6_GATEWAY_SERVICE_HOST: "10.0.0.1" });
    const others = variables.filter((variable) => !["E6_GATEWAY_CONFIG", "E6_GATEWAY_RUN_DIR"].includes(variable));
    expect(commandLine).toMatchObject({ kind: "file", runDir: "gateway.json", ignored: others });
    expect(readCommandLine(["--config", "gateway.json"], { E6_GATEWAY_PORT: "" })).toMatchObject({ ignored: [] });
  });

  it("knows every option that its help lists", () => {
    const options = [...help.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option ?? "");
    expect(options.length).toBe(14);
    for (const option of options.filter((name) => name !== "--help")) {
      expect
        .soft(() => readCommandLine([option, option.startsWith("--a") && option !== "--admin-port" ? "blue" : "1"], {}))
        .not.toThrow();
    }
    expect(readCommandLine(["--help"], {})).toBe("help");
  });
});
