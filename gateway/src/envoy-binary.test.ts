import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { envoyVersion, findEnvoy } from "./envoy-binary.ts";

describe("findEnvoy()", () => {
  it("takes the path that it is given before any other, and falls back on none", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gateway-test-"));
    const binary = join(folder, "envoy");
    await writeFile(binary, "");
    await expect(findEnvoy(binary, {})).rejects.toMatchObject({ code: "ENVOY_MISSING" });
    await chmod(binary, 0o755);
    expect(await findEnvoy(binary, { ENVOY_PATH: "/none" })).toBe(binary);
    expect(await findEnvoy(undefined, { ENVOY_PATH: binary })).toBe(binary);
    await expect(findEnvoy(undefined, { ENVOY_PATH: "/none" })).rejects.toThrow("no Envoy to run at /none: correct");
    await rm(folder, { recursive: true });
  });

  it("looks for the version that the set-up installs", async () => {
    const setup = await readFile(new URL("../../scripts/setup/envoy.mjs", import.meta.url), "utf8");
    expect(/envoyVersion = "(.*)"/.exec(setup)?.[1]).toBe(envoyVersion);
  });
});
