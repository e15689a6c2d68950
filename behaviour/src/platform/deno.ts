import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Lab } from "../lab.ts";
import type { Surroundings } from "../suite/behaviour.ts";
import type { Platform } from "./platform.ts";
import { startProcess } from "./process.ts";

const workspace = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Deno, with the client as it is published: built, and found as a package. It may use the network of the lab and nothing else: no
 * file, no environment, no program.
 */
export async function startDeno({ url, controlUrl }: Lab): Promise<Platform> {
  await buildClient();
  const surroundings: Surroundings = { platform: "Deno", url, controlUrl };
  const hosts = [url, controlUrl, "http://127.0.0.1:1"].map((address) => new URL(address).host);
  const main = fileURLToPath(new URL("deno-main.ts", import.meta.url));
  return startProcess("Deno", findDeno(), [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-lock",
    "--cached-only",
    "--node-modules-dir=manual",
    `--allow-net=${hosts.join(",")}`,
    main,
    JSON.stringify(surroundings),
  ]);
}

/** The program itself: the one that npm's package starts stands between, and does not hand a kill on. */
function findDeno(): string {
  const { platform, arch } = process;
  const target = `${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`;
  const require = createRequire(createRequire(import.meta.url).resolve("deno/package.json"));
  return join(dirname(require.resolve(`@deno/${target}/package.json`)), platform === "win32" ? "deno.exe" : "deno");
}

/** Brings `client/dist` up to date, as `npm run build` does. */
async function buildClient(): Promise<void> {
  const compiler = createRequire(import.meta.url).resolve("typescript/package.json");
  const args = [join(dirname(compiler), "bin", "tsc"), "-b", "client"];
  await promisify(execFile)(process.execPath, args, { cwd: workspace, timeout: 60_000 }).catch((error: unknown) => {
    // The compiler says what is wrong where it says everything.
    throw new Error(`the client could not be built: ${Object(error).stdout}`, { cause: error });
  });
}
