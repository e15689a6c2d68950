import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { renderCommand } from "./render-command.ts";

const stack = (port: number) => ({ addresses: [{ port }] });
const tls = { certificateFile: "/certificates/tls.crt", keyFile: "/certificates/tls.key" };
const content = {
  stacks: { blue: stack(1), green: stack(2) },
  listener: { port: 8443, origins: [], tls },
  deployment: { folder: "deployment" },
};

async function configured(): Promise<{ readonly folder: string; readonly config: string; readonly out: string }> {
  const folder = await mkdtemp(join(tmpdir(), "render-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const config = join(folder, "gateway.json");
  await writeFile(config, JSON.stringify(content));
  return { folder, config, out: join(folder, "out") };
}

async function render(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly printed: readonly string[] }> {
  const printed: string[] = [];
  const code = await renderCommand(args, (text) => printed.push(text));
  return { code, printed };
}

describe("renderCommand()", () => {
  it("writes what Envoy starts from, with the paths where Envoy will find it", async () => {
    const { config, out } = await configured();
    const { code, printed } = await render("--config", config, "--out", out, "--at", "/in/a/pod");
    expect(code).toBe(0);
    expect(printed).toEqual([`${out}/bootstrap.json\n`, `${out}/secrets/listener_certificate.json\n`]);
    const bootstrap = await readFile(join(out, "bootstrap.json"), "utf8");
    expect(bootstrap).toContain('"/in/a/pod/routes/routes.json"');
    expect(bootstrap).toContain('"/in/a/pod/secrets/listener_certificate.json"');
    expect(bootstrap).not.toContain(out);
    expect(await readdir(out)).toEqual(["bootstrap.json", "secrets"]);
  });

  it("finds with --check what is not as the configuration says, and writes nothing", async () => {
    const { config, out } = await configured();
    await render("--config", config, "--out", out);
    expect(await render("--config", config, "--out", out, "--check")).toEqual({ code: 0, printed: [] });
    await appendFile(join(out, "bootstrap.json"), " ");
    const { code, printed } = await render("--config", config, "--out", out, "--check");
    expect(code).toBe(1);
    expect(printed).toEqual([`${out}/bootstrap.json is not what the configuration says: render it anew\n`]);
    expect((await readFile(join(out, "bootstrap.json"), "utf8")).endsWith(" ")).toBe(true);
  });

  it("begins a deployment with --begin, once", async () => {
    const { folder, config, out } = await configured();
    const first = await render("--config", config, "--out", out, "--begin");
    expect(first.printed.at(-1)).toBe(`${folder}/deployment/routes/routes.json\n`);
    const state = await readFile(join(folder, "deployment", "state.json"), "utf8");
    const second = await render("--config", config, "--out", out, "--begin");
    expect(second.printed.at(-1)).toBe(`${folder}/deployment holds a deployment already\n`);
    expect(await readFile(join(folder, "deployment", "state.json"), "utf8")).toBe(state);
  });

  it("begins none where the configuration names no folder for it", async () => {
    const { config, out } = await configured();
    await writeFile(config, JSON.stringify({ ...content, deployment: undefined }));
    await expect(render("--config", config, "--out", out, "--begin")).rejects.toThrow("--begin needs a deployment");
  });

  it.each([
    [["--out", "x"], "render needs --config and --out"],
    [["--config", "x"], "render needs --config and --out"],
    [["--config", "x", "--out", "y", "--at", "relative"], '--at is "relative": give an absolute path'],
    [["--confg", "x"], "Unknown option '--confg'"],
  ])("refuses %j", async (args, message) => {
    await expect(render(...args)).rejects.toThrow(message);
  });

  it("tells its options", async () => {
    const { code, printed } = await render("--help");
    expect(code).toBe(0);
    for (const option of ["config", "out", "at", "begin", "check", "envoy-gateway", "active"]) {
      expect(printed.join("")).toContain(`--${option} `);
    }
  });
});
