import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configNamed } from "../../test/golden/configs.ts";
import { readConfigFile } from "./config-file.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateway-config-"));
});

afterAll(() => rm(folder, { recursive: true }));

async function write(content: string): Promise<string> {
  const path = join(folder, "gateway.json");
  await writeFile(path, content);
  return path;
}

describe("readConfigFile()", () => {
  it("reads a file, whose paths start from its own folder", async () => {
    const settings = await readConfigFile(await write(JSON.stringify(configNamed("full"))));
    expect(settings.listener.tls?.keyFile).toBe(join(folder, "listener/key.pem"));
  });

  it("names the file and what is wrong in it", async () => {
    const path = await write(JSON.stringify({ listener: { port: -1 } }));
    const error = expect.objectContaining({ code: "INVALID_OPTION" });
    await expect(readConfigFile(path)).rejects.toEqual(error);
    await expect(readConfigFile(path)).rejects.toThrow(`${path}: stacks.blue.addresses is missing`);
  });

  it("says in which line it is no JSON, and quotes nothing of it", async () => {
    const path = await write('{\n  "listener": {},\n  "token": s3cret\n}');
    await expect(readConfigFile(path)).rejects.toThrow(
      /gateway\.json: it is no JSON, wrong in line 3: correct it there/,
    );
    await expect(readConfigFile(path)).rejects.not.toThrow("s3cret");
    await expect(readConfigFile(await write("{"))).rejects.toThrow("it is no JSON, wrong in line 1");
  });

  it("refuses a key that is said twice: one of the two would count for nothing", async () => {
    const path = await write('{\n  "limits": { "connections": 10 },\n  "limits": {}\n}');
    await expect(readConfigFile(path)).rejects.toThrow(
      'gateway.json: "limits" stands twice, again in line 3: say it once',
    );
  });

  it("refuses what it cannot read, and what is far too large", async () => {
    await expect(readConfigFile(join(folder, "none.json"))).rejects.toThrow(
      "cannot be read (ENOENT): name one that can",
    );
    await expect(readConfigFile(folder)).rejects.toThrow("cannot be read (EISDIR)");
    const large = await write(" ".repeat(1024 * 1024 + 1));
    await expect(readConfigFile(large)).rejects.toThrow("is larger than 1048576 bytes");
  });
});
