import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Remedy } from "../report.mjs";
import { root } from "../workspace.mjs";

/** The oldest Node that runs the sources as they are. The scripts themselves run on Node 20. */
const required = 24;

/**
 * The Node that runs the parts: this one if it is new enough, else the one that came with the npm packages.
 * @returns {string} the path of its binary
 */
export function nodePath() {
  if (Number.parseInt(process.versions.node, 10) >= required) return process.execPath;
  const own = join(root, "node_modules/.bin/node");
  if (existsSync(own)) return own;
  throw new Remedy(
    `Node ${required} or newer is needed, this is ${process.versions.node}, and npm has no Node for ${process.platform}-${process.arch}: install Node ${required} and try again`,
  );
}

/**
 * The environment in which the tools of the workspace find each other and the right Node.
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment() {
  const path = [dirname(nodePath()), join(root, "node_modules/.bin"), process.env["PATH"]].join(":");
  return { PATH: path };
}
