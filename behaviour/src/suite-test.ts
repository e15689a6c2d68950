import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, startLab } from "./lab.ts";
import type { Platform } from "./platform/platform.ts";
import { suite } from "./suite/suite.ts";

/** Declares a test for each case of the suite, run in one runtime, and one that the runtime comes to its end after them. */
export function testSuiteIn(name: string, start: (lab: Lab) => Promise<Platform> | Platform): void {
  let lab: Lab;
  let platform: Platform;

  beforeAll(async () => {
    lab = await startLab();
    platform = await start(lab);
  });

  afterAll(async () => {
    // Whatever did not start has nothing to close.
    await platform?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  });

  describe.each(suite)(`in ${name}, $name`, (group) => {
    it.each(group.cases)("$name", async (behaviour) => {
      const outcome = await platform.run(group.name, behaviour.name);
      expect(outcome.ok ? undefined : outcome.error).toBeUndefined();
    });
  });

  describe(name, () => {
    it("comes to its end after all of that", async () => {
      await platform.end();
    });
  });
}
