import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../gateway-error.ts";
import { help } from "./deploy-command.ts";
import { exitCodeOf, exitCodes } from "./exit-code.ts";

const page = readFileSync(new URL("../../../docs/operations/deployments.md", import.meta.url), "utf8");

describe("exitCodeOf()", () => {
  it("tells what went wrong, and 1 for what nobody foresaw", () => {
    const of = (code: ConstructorParameters<typeof GatewayError>[0]) => exitCodeOf(new GatewayError(code, "why"));
    expect([of("INVALID_OPTION"), of("DEPLOYMENT_REFUSED"), of("CHECK_FAILED"), of("CLOSED")]).toEqual([2, 3, 7, 1]);
    expect(exitCodeOf(new Error("why"))).toBe(1);
  });

  it("gives each error one code", () => {
    const errors = exitCodes.flatMap((row) => row.errors);
    expect(new Set(errors).size).toBe(errors.length);
  });
});

describe("docs/operations/deployments.md", () => {
  it("has every exit code", () => {
    const plain = page.replaceAll(/\[`(\w+)`\]\([\w.]+\)/g, "$1");
    const rows = [...plain.matchAll(/^\| (\d) \| (.*) \|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
    expect(rows).toEqual(exitCodes.map(({ code, meaning }) => [code, meaning]));
  });

  it("has every verb", () => {
    const verbs = [...help.matchAll(/^ {2}([a-z]+)(?: <\w+>)? +[a-z]/gm)].map(([, verb]) => verb);
    const table = page.slice(page.indexOf("| verb |"), page.indexOf("**Two phases.**"));
    const rows = [...table.matchAll(/^\| `([a-z]+)[ A-Z]*` \|/gm)].map(([, verb]) => verb);
    expect(verbs.length).toBeGreaterThan(9);
    expect(rows.toSorted()).toEqual(verbs.toSorted());
  });
});
