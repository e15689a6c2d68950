import { describe, expect, it } from "vitest";
import { readCommandLine } from "./command-line.ts";

describe("readCommandLine()", () => {
  it("has a default for everything", () => {
    expect(readCommandLine([], {})).toEqual({
      ports: [
        { key: "bluePort", port: 20_051, option: "--blue-port", asked: false },
        { key: "greenPort", port: 20_052, option: "--green-port", asked: false },
        { key: "controlPort", port: 20_050, option: "--control-port", asked: false },
      ],
      options: { scale: 0.01, active: "blue", resumeMs: 2000, queryIdleMs: 600_000, maxOpenQueries: 1000 },
    });
  });

  it("takes an option before a variable before the default", () => {
    const env = { E6_BLUE_PORT: "1", E6_GREEN_PORT: "2", E6_SCALE: "0.1" };
    expect(readCommandLine(["--blue-port", "3", "--active", "Green"], env)).toMatchObject({
      ports: [
        { port: 3, asked: true },
        { port: 2, asked: true },
        { port: 20_050, asked: false },
      ],
      options: { scale: 0.1, active: "green" },
    });
  });

  it("takes a memory limit and a folder of Parquet files where they are given", () => {
    const env = { E6_MOCK_MEMORY_LIMIT: "2GiB", E6_MOCK_PARQUET_FOLDER: "a" };
    expect(readCommandLine(["--parquet-folder", "b"], env)).toMatchObject({
      options: { memoryLimit: "2GiB", parquetFolder: "b" },
    });
  });

  it("gives the help", () => {
    expect(readCommandLine(["--help"], {})).toBe("help");
  });

  it.each([
    [["--blue-port", "70000"], {}, '--blue-port (E6_BLUE_PORT) is "70000": give a whole number from 0 to 65535'],
    [["--blue-port", "-1"], {}, "--blue-port"],
    [[], { E6_CONTROL_PORT: "x" }, '--control-port (E6_CONTROL_PORT) is "x"'],
    [["--scale", "0"], {}, '--scale (E6_SCALE) is "0": give a number above 0'],
    [["--scale", "1e9"], {}, "--scale"],
    [["--memory-limit", "lots"], {}, '--memory-limit (E6_MOCK_MEMORY_LIMIT) is "lots": give a number and a unit'],
    [["--active", "red"], {}, '--active (E6_MOCK_ACTIVE) is "red": give blue or green'],
    [["--scale", "-3"], {}, "Option '--scale' argument is ambiguous; --help lists the options"],
    [["--nope"], {}, "Unknown option '--nope'; --help lists the options"],
    [["extra"], {}, "extra"],
    [["--blue-port", "7", "--green-port", "7"], {}, "--blue-port and --green-port are both 7"],
  ])("refuses %j with %j", (args, env, message) => {
    expect(() => readCommandLine(args, env)).toThrow(message);
  });
});
