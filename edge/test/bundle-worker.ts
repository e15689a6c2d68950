import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const edgeFolder = join(import.meta.dirname, "..");
const wrangler = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin", "wrangler.js");

/** The worker as `wrangler deploy` would upload it: one ES module. Nothing is uploaded. */
export async function bundleWorker(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "e6data-edge-"));
  try {
    await run(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", folder], {
      cwd: edgeFolder,
      timeout: 50_000,
      env: {
        ...process.env,
        // Inside the repository a package is its sources; wrangler's own conditions stay.
        WRANGLER_BUILD_CONDITIONS: "e6data-source,workerd,worker,browser",
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_LOG_PATH: folder,
      },
    });
    return await readFile(join(folder, "worker.js"), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
