import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterOutput, mustRun } from "./command.mjs";
import { toolEnvironment } from "./setup/node.mjs";
import { root } from "./workspace.mjs";

/**
 * Builds the client from nothing and packs it as it is published. Not from `client/dist`: files of modules that are
 * gone would still lie there.
 * @param {string} folder takes the build and the tarball; what is in it is removed. Inside the checkout, so that the build finds the packages
 * @returns {Promise<string>} the tarball
 */
export async function packClient(folder) {
  const client = join(folder, "client");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(client, { recursive: true });
  cpSync(join(root, "tsconfig.base.json"), join(folder, "tsconfig.base.json"));
  cpSync(join(root, "LICENSE"), join(client, "LICENSE"));
  for (const name of ["README.md", "tsconfig.json", "src"])
    cpSync(join(root, "client", name), join(client, name), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(root, "client/package.json"), "utf8"));
  writeFileSync(join(client, "package.json"), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
  const options = { cwd: client, env: toolEnvironment() };
  await mustRun("tsc", ["-p", "."], afterOutput("the client could not be compiled"), options);
  const pack = ["pack", "--json", "--loglevel=error", "--ignore-scripts", "--pack-destination", folder];
  const output = await mustRun("npm", pack, afterOutput("the client could not be packed"), options);
  return join(folder, JSON.parse(output)[0].filename);
}

/**
 * The manifest without what has a meaning in this repository only: the tools, and the way to the sources.
 * @param {any} manifest
 */
function publishedManifest({ devDependencies, ...manifest }) {
  /** @param {Record<string, string>} targets */
  const published = ({ "e6data-source": source, ...targets }) => targets;
  const exports = Object.entries(manifest.exports).map(([door, targets]) => [door, published(targets)]);
  return { ...manifest, exports: { ...Object.fromEntries(exports), "./package.json": "./package.json" } };
}
