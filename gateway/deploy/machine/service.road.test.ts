import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { defaultTuning } from "../../src/config/settings.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const unit = readFileSync(new URL("./e6-gateway.service", import.meta.url), "utf8");
const settingOf = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1] ?? "";

describe("e6-gateway.service", () => {
  it("names files of the checkout that are there", () => {
    const checkout = settingOf("WorkingDirectory");
    const named = unit.split(/[\s=]+/).filter((word) => /\/.*\.(ts|sh|md)$/.test(word));
    expect(named).toHaveLength(3);
    for (const path of named) {
      expect(existsSync(join(root, path.replace("file://", "").replace(checkout, ""))), path).toBe(true);
    }
    expect(settingOf("ExecStart")).toContain(`${checkout}/node_modules/.bin/node --conditions=e6data-source `);
  });

  it("lets the drain take as long as the longest call, and its own stop longer", () => {
    const longest = defaultTuning.timeouts.call / 1000;
    const drainMax = Number(/DRAIN_MAX=(\d+)/.exec(unit)?.[1]);
    expect(drainMax).toBeGreaterThanOrEqual(longest);
    expect(Number(settingOf("TimeoutStopSec"))).toBeGreaterThan(drainMax);
  });
});
