import { describe, expect, it } from "vitest";
import { readArguments } from "./read-arguments.mjs";

describe("readArguments()", () => {
  it("reads what it knows", () => {
    expect(readArguments({ port: { type: "string" }, quick: { type: "boolean" } }, ["--port", "1", "--quick"])).toEqual(
      {
        port: "1",
        quick: true,
      },
    );
  });

  it.each([
    [["--nope"], "Unknown option '--nope'; see the README"],
    [["word"], "Unexpected argument 'word'; see the README"],
    [["--port", "-3"], "Option '--port' argument is ambiguous; see the README"],
    [["--port"], "Option '--port <value>' argument missing; see the README"],
  ])("refuses %j in one line", (args, line) => {
    expect(() => readArguments({ port: { type: "string" } }, args, "; see the README")).toThrow(
      expect.objectContaining({ message: expect.stringMatching(`^${line}`), name: "Remedy" }),
    );
    expect(() => readArguments({ port: { type: "string" } }, args)).toThrow(/^[^\n]*$/);
  });
});
