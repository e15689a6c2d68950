import { readdir } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { configNamed } from "../test/golden/configs.ts";
import { readSettings } from "./config/settings.ts";
import { renderedFiles } from "./render/rendered-files.ts";
import { runEnvoy } from "./run-envoy.ts";
import { openRunFolder, type RunFolder } from "./run-files.ts";

const good = readSettings(configNamed("minimal"), { folder: "/etc/gateway" });
/** What no configuration file can say, and Envoy would do. */
const open = { ...good, admin: { ...good.admin, host: "0.0.0.0" } };
const refusal = { code: "CONFIGURATION_REFUSED", message: expect.stringContaining("interface listens on 0.0.0.0") };

let folder: RunFolder | undefined;

afterEach(() => folder?.remove());

describe("runEnvoy()", () => {
  it("writes and runs nothing of what was rendered wrong", async () => {
    folder = await openRunFolder(undefined);
    // It takes any configuration.
    await expect(runEnvoy("/bin/true", open, { active: "blue" }, folder.files)).rejects.toMatchObject(refusal);
    expect(await readdir(folder.path)).toEqual(["routes", "secrets"]);
  });
});

describe("renderedFiles()", () => {
  it("gives nothing of what was rendered wrong", () => {
    expect(renderedFiles(good, "/var/lib/gateway")).not.toEqual([]);
    expect(() => renderedFiles(open, "/var/lib/gateway")).toThrow(expect.objectContaining(refusal));
  });
});
