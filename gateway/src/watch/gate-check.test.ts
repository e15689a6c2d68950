import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeploymentState } from "../deploy/deployment-state.ts";
import { gateCheck } from "./gate-check.ts";

const announced: DeploymentState = {
  version: 7,
  stacks: { blue: "active", green: "standby" },
  announced: "green",
  change: { verb: "announce", at: "2026-01-01T00:00:00Z" },
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gate-test-"));
});

afterAll(() => rm(folder, { recursive: true }));

const check = (script: string) =>
  gateCheck({ command: ["/bin/sh", "-c", script], folder, timeout: 20_000 })?.(announced);

describe("gateCheck()", () => {
  it("passes if the program is content, which is told what is to be promoted", async () => {
    expect(await check("cat > told")).toMatchObject({ verdict: "pass" });
    expect(JSON.parse(await readFile(join(folder, "told"), "utf8"))).toEqual({
      id: expect.stringMatching(/^evt_/),
      event: "gate",
      candidate: "green",
      former: "blue",
      version: 7,
    });
  });

  it("fails if it is not", async () => {
    expect(await check("exit 4")).toEqual({ verdict: "fail", words: "the gate's program: it ended with exit code 4" });
  });

  it("is none where there is no gate", () => {
    expect(gateCheck(undefined)).toBeUndefined();
  });
});
