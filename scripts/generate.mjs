/**
 * Regenerates client/src/gen from proto/: by protobuf-es, and by the plugin in scripts/codec.
 *   --check            changes nothing; fails if the committed code is not what would be generated
 *   --check-breaking   fails if the schema breaks with proto/image.binpb, the schema as it was published
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterOutput, mustRun } from "./command.mjs";
import { readArguments } from "./read-arguments.mjs";
import { main, Remedy } from "./report.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { toolEnvironment } from "./setup/node.mjs";
import { root } from "./workspace.mjs";

/** @param {readonly string[]} args @param {string} remedy */
const buf = (args, remedy) => mustRun("buf", args, afterOutput(remedy), { cwd: root, env: toolEnvironment() });

/** @param {string} folder @returns {ReadonlyMap<string, string>} */
function filesOf(folder) {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** @param {(folder: string) => Promise<void>} use */
async function withScratchFolder(use) {
  const cache = join(root, ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "generate-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function checkGenerated(folder) {
  await buf(["generate", "-o", folder], "the schema could not be compiled");
  const [fresh, committed] = [join(folder, "client/src/gen"), join(root, "client/src/gen")].map(filesOf);
  const names = new Set([...(fresh?.keys() ?? []), ...(committed?.keys() ?? [])]);
  const stale = [...names].filter((name) => fresh?.get(name) !== committed?.get(name));
  if (stale.length > 0)
    throw new Remedy(`client/src/gen is not what proto/ generates (${stale.join(", ")}): run \`npm run generate\``);
}

/** @param {string} folder */
async function checkBreaking(folder) {
  const image = join(folder, "now.binpb");
  await buf(["build", "-o", image], "the schema could not be compiled");
  await buf(
    ["breaking", image, "--against", "proto/image.binpb"],
    "the schema breaks with deployed clusters: undo the change",
  );
}

await main(async () => {
  const values = readArguments({ check: { type: "boolean" }, "check-breaking": { type: "boolean" } });
  await ensureDependencies();
  if (values.check) await withScratchFolder(checkGenerated);
  else if (values["check-breaking"]) await withScratchFolder(checkBreaking);
  else await buf(["generate"], "the schema could not be compiled");
});
