import { describe, expect, it } from "vitest";
import { mustRun, runCommand } from "./command.mjs";

const node = process.execPath;

describe("runCommand()", () => {
  it("gives the exit code and what was printed on either stream", async () => {
    const script = `console.log("out"); console.error("err"); process.exitCode = 3`;
    const { code, output } = await runCommand(node, ["-e", script], { quiet: true });
    expect(code).toBe(3);
    expect(output.split("\n").toSorted()).toEqual(["", "err", "out"]);
  });

  it("ends a command that takes too long, and its children", async () => {
    // The grandchild holds the output open: unless it is ended too, this call does not come back before the test gives up.
    const wait = "setTimeout(() => undefined, 60_000)";
    const script = `require("node:child_process").spawn(process.execPath, ["-e", "${wait}"], { stdio: "inherit" }); console.log("started"); ${wait}`;
    expect(await runCommand(node, ["-e", script], { quiet: true, timeoutMs: 1500 })).toEqual({
      code: 124,
      output: "started\n",
    });
  });

  it("tells a command that does not exist", async () => {
    expect(await runCommand("no-such-command-here", [], { quiet: true })).toEqual({ code: 127, output: "" });
  });
});

describe("mustRun()", () => {
  it("fails with the line that the output led to", async () => {
    const failing = mustRun(
      node,
      ["-e", `console.error("code 42"); process.exitCode = 1`],
      (output, code) => `${output.trim()}, ${code}`,
    );
    await expect(failing).rejects.toThrow(/^code 42, 1$/);
  });

  it("names a command that does not exist", async () => {
    const failing = mustRun("no-such-command-here", [], () => "never asked");
    await expect(failing).rejects.toThrow("there is no command no-such-command-here: install it and try again");
  });
});
