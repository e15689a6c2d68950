import { ensureDependencies, takeDependencies } from "./setup/dependencies.mjs";
import { ensureEnvoy } from "./setup/envoy.mjs";

/**
 * A part of the running whole: a program that can be started alone, tells its parent by IPC when it is ready, and
 * stops when it is asked to or when its parent goes.
 * @typedef {object} Part
 * @property {string} entry
 * @property {() => Promise<void>} packages sees to the npm packages
 * @property {() => Promise<NodeJS.ProcessEnv>} prepare installs what else it needs; resolves to what to add to its environment
 */

const nothing = async () => ({});

/** @type {Readonly<Record<"mock" | "gateway" | "dashboard" | "deploy", Part>>} */
export const parts = {
  mock: { entry: "mock/src/main.ts", packages: ensureDependencies, prepare: nothing },
  gateway: {
    entry: "gateway/src/main.ts",
    packages: ensureDependencies,
    prepare: async () => ({ ENVOY_PATH: await ensureEnvoy() }),
  },
  dashboard: { entry: "dashboard/server/main.ts", packages: ensureDependencies, prepare: nothing },
  // Does one thing and ends. A rollback waits for no installation.
  deploy: { entry: "gateway/src/deploy/main.ts", packages: takeDependencies, prepare: nothing },
};

/** @typedef {keyof typeof parts} PartName */

/**
 * @param {PartName} name
 * @param {readonly string[]} args
 * @returns {readonly string[]} what to give to Node
 */
export function nodeArguments(name, args) {
  return ["--conditions=e6data-source", parts[name].entry, ...args];
}
