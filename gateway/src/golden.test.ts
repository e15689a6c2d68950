import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { configNamed, configNames } from "../test/golden/configs.ts";
import { renderBootstrap, renderFlattened } from "./bootstrap.ts";
import { renderingProblems } from "./check-rendered.ts";
import { readSettings } from "./config/settings.ts";
import { renderRoutes } from "./routes.ts";
import { runFiles } from "./run-files.ts";
import { secretFile, secretsOf } from "./secrets.ts";

/** The programs in Lua, and the tables before them, are read where they are written. */
function withoutPrograms(key: string, value: unknown): unknown {
  return key === "inline_string" && typeof value === "string" && value.includes("function envoy_on_")
    ? "(a program in Lua)"
    : value;
}

const widest = 200;

/** As JSON that people can read and compare: what fits into a line stands in one. */
function goldenText(value: unknown, indent = ""): string {
  const line = JSON.stringify(value, withoutPrograms);
  if (typeof value !== "object" || value === null || indent.length + line.length <= widest) {
    return line;
  }
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((entry) => inner + goldenText(entry, inner))
    : Object.entries(value).map(
        ([key, entry]) => `${inner}${JSON.stringify(key)}: ${goldenText(withoutPrograms(key, entry), inner)}`,
      );
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return `${open}\n${parts.join(",\n")}\n${indent}${close}`;
}

describe("the renderer", () => {
  it.each(configNames)(
    "renders the configuration %s as it did; `vitest run gateway/src/golden -u` accepts what is new",
    async (name) => {
      const settings = readSettings(configNamed(name), { folder: "/etc/gateway" });
      const files = runFiles("/var/lib/gateway");
      const bootstrap = renderBootstrap(settings, files);
      const routes = renderRoutes(settings, { active: "blue", announced: "green" });
      expect(renderingProblems(bootstrap, routes)).toEqual([]);
      // What Envoy's validation looks at is no other thing.
      expect(renderingProblems(renderFlattened(settings, files, routes), routes)).toEqual([]);
      const path = fileURLToPath(new URL(`../test/golden/${name}.golden.json`, import.meta.url));
      const secrets = secretsOf(settings).map(secretFile);
      await expect(`${goldenText({ bootstrap, secrets, routes })}\n`).toMatchFileSnapshot(path);
    },
  );

  it("renders the same configuration to the same bytes", () => {
    const render = () => {
      const settings = readSettings(configNamed("full"), { folder: "/etc/gateway" });
      return JSON.stringify(renderBootstrap(settings, runFiles("/var/lib/gateway")));
    };
    expect(render()).toBe(render());
  });
});
