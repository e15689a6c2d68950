import { describe, expect, it } from "vitest";
import { handOn } from "./hand-on.ts";

const node = (script: string) => [process.execPath, "-e", script, "a-secret"];

describe("handOn()", () => {
  it("runs the program with its arguments, and the path as the last", async () => {
    const script = "process.exit(process.argv.slice(1).join() === 'a-secret,/routes.json' ? 0 : 1)";
    await expect(handOn(node(script), "/routes.json")).resolves.toBeUndefined();
  });

  it("does nothing where there is no program", async () => {
    await expect(handOn(undefined, "/routes.json")).resolves.toBeUndefined();
  });

  it("tells how the program has failed and its last words, not its arguments", async () => {
    const failure = await handOn(node("console.error('first\\nno such map'); process.exit(3)"), "/r").catch(String);
    expect(failure).toContain("has not handed the routes on: exit code 3, no such map. The change is made");
    expect(failure).not.toMatch(/a-secret|first/);
  });

  it("tells of a program that is not there", async () => {
    await expect(handOn(["/no/such/program"], "/r")).rejects.toMatchObject({
      code: "HAND_ON_FAILED",
      message: expect.stringContaining("exit code ENOENT"),
    });
  });
});
