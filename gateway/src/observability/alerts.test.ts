import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const rules = read("../../observability/alerts.yaml");
const tests = read("../../observability/alerts.test.yaml");
const runbook = read("../../../docs/operations/runbook.md");

const alerts = [...new Set([...rules.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name = ""]) => name))];

describe("alerts.yaml", () => {
  it("has rules", () => {
    expect(alerts.length).toBeGreaterThan(15);
  });

  it.each(alerts)("leads from %s to its section of the runbook, and sees it fire in a test", (name) => {
    const rulesOfIt = rules.split(/^ +- alert: /m).filter((rule) => rule.startsWith(`${name}\n`));
    for (const rule of rulesOfIt) {
      expect(rule).toContain(`runbook: docs/operations/runbook.md#${name.toLowerCase()}\n`);
      expect(rule).toMatch(/severity: (critical|warning|info)\n/);
    }
    expect(runbook).toMatch(new RegExp(`^#+ ${name}$`, "m"));
    expect(tests).toContain(`alertname="${name}", alertstate="firing"`);
  });

  it("is all that the runbook is about", () => {
    const sections = [...runbook.matchAll(/^#+ (E6\w+)$/gm)].map(([, name]) => name);
    expect(sections.filter((name) => !alerts.includes(name ?? ""))).toEqual([]);
  });
});
