import { readFileSync } from "node:fs";
import { root } from "../workspace.mjs";

/** @typedef {import("./imports.mjs").Import} Import */

/** The doors of the client: what may be imported from outside, and may import from every folder inside. */
const clientDoors = /^client\/src\/[a-z-]+\.ts$/;

/**
 * Which folders of client/src a folder may take values from, beside the files at the top of client/src and `gen`.
 * Types may flow against the stream, values may not.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const clientFolders = {
  gen: [],
  protobuf: [],
  wire: [],
  sql: ["wire"],
  result: ["wire"],
  strategy: [],
  store: ["strategy"],
  transport: ["strategy", "protobuf"],
  cluster: ["transport", "strategy"],
  session: ["strategy", "transport", "cluster"],
  query: ["wire", "sql", "result", "strategy", "transport", "session"],
  pool: [],
  catalog: ["sql", "strategy", "transport", "session"],
  telemetry: ["sql", "query"],
  deployment: ["strategy", "store", "transport", "session", "query", "telemetry"],
  // Behind doors of their own: what a page does not import, it does not load.
  arrow: ["wire", "result"],
  kysely: [],
  oauth: ["transport"],
};

/**
 * Which packages of the workspace a package may import, and by which of their doors.
 * @type {Readonly<Record<string, RegExp>>}
 */
const workspaceDoors = {
  client: /^never$/,
  gateway: /^e6data-web\/(proto|headers)$/,
  mock: /^e6data-web\/(proto|headers)$/,
  dashboard: /^e6data-web(\/[a-z]+)?$/,
  edge: /^e6data-web(\/[a-z]+)?$/,
  e2e: /^(e6data-web(\/[a-z]+)?|@e6data-web\/(mock|gateway))$/,
  bench: /^(e6data-web(\/[a-z]+)?|@e6data-web\/(mock|gateway))$/,
  storm: /^(e6data-web(\/[a-z]+)?|@e6data-web\/(mock|gateway))$/,
  behaviour: /^(e6data-web(\/[a-z]+)?|@e6data-web\/(mock|gateway))$/,
  docs: /^(e6data-web(\/[a-z]+)?|@e6data-web\/(mock|gateway))$/,
  proto: /^e6data-web\/proto$/,
  scripts: /^never$/,
};

/** A test stands outside the package that it tests: it may start the real parts. */
const testDoors = /^(e6data-web(\/[a-z]+)?|@e6data-web\/(mock|gateway))$/;

/** @param {string} file */
const isTest = (file) => /\.(test|spec)\.(ts|tsx|mjs)$/.test(file) || /^(mock\/peer|e2e|gateway\/test)\//.test(file);
/** @param {string} file */
const isConfig = (file) => /(^|\/)[a-z]+\.config\.ts$/.test(file);
/** The schema with its descriptors, for servers and tests. @param {string} file */
const isTheSchema = (file) => /^client\/src\/(proto|gen\/[a-z0-9_]+_pb)\.ts$/.test(file);
/** @param {string} file */
const packageOf = (file) => file.split("/")[0] ?? "";
/** @param {string} specifier */
const packageName = (specifier) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
/** @param {string} specifier */
const isOwnPackage = (specifier) => /^(e6data-web|@e6data-web\/[a-z0-9]+)(\/|$)/.test(specifier);

/** @param {string} folder @returns {ReadonlySet<string>} the packages that a folder's package.json names */
function declared(folder) {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8"));
  return new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
}

/**
 * A rule of the house: it tells what is wrong with an import, or nothing.
 * @type {Readonly<Record<string, (found: Import) => string | undefined>>}
 */
export const rules = {
  "a relative import stays in its package": ({ from, to, isRelative }) => {
    if (!isRelative || packageOf(from) === packageOf(to) || isConfig(from)) return undefined;
    // The set-up of tools is shared with the tests that need those tools.
    if (isTest(from) && to.startsWith("scripts/setup/")) return undefined;
    // Vectors and documents are data.
    return /\.(json|md)$/.test(to) ? undefined : "leaves its package";
  },

  "a package uses only the doors that it may": ({ from, to, isRelative }) => {
    if (isRelative || !isOwnPackage(to) || isConfig(from)) return undefined;
    if (isTest(from) && testDoors.test(to)) return undefined;
    return workspaceDoors[packageOf(from)]?.test(to) ? undefined : "uses a door that it may not";
  },

  "values flow one way through the client": ({ from, to, isRelative, isType }) => {
    if (isType || !isRelative || !from.startsWith("client/src/") || isTest(from) || clientDoors.test(from))
      return undefined;
    if (clientDoors.test(to)) return undefined;
    const [source = "", target = ""] = [from, to].map((file) => file.split("/")[2]);
    return source === target || clientFolders[source]?.includes(target) || target === "gen"
      ? undefined
      : "flows the wrong way";
  },

  "the client knows nothing of Node": ({ from, to }) =>
    from.startsWith("client/src/") && !isTest(from) && to.startsWith("node:") ? "needs Node" : undefined,

  "the client brings its schema along in tables only": ({ from, to, isType }) => {
    if (isType || !from.startsWith("client/src/") || isTest(from) || isTheSchema(from)) return undefined;
    return isTheSchema(to) || (packageName(to) === "@bufbuild/protobuf" && to !== "@bufbuild/protobuf/wire")
      ? "brings protobuf and its descriptors along"
      : undefined;
  },

  "the scripts need no package": ({ from, to, isRelative }) =>
    from.startsWith("scripts/") &&
    !/^scripts\/(house|codec)\//.test(from) &&
    !isTest(from) &&
    !isRelative &&
    !to.startsWith("node:")
      ? "needs a package that may not be installed yet"
      : undefined,

  "a package names what it imports": ({ from, to, isRelative }) => {
    if (isRelative || /^(node:|virtual:|cloudflare:)/.test(to)) return undefined;
    const folder = packageOf(from);
    const known = new Set([
      ...declared("."),
      ...(folder in workspaceDoors && !/^(proto|scripts)$/.test(folder) ? declared(folder) : []),
    ]);
    const own = JSON.parse(readFileSync(`${root}client/package.json`, "utf8")).name;
    if (known.has(packageName(to)) || (folder === "proto" && [own, "@bufbuild/protobuf"].includes(packageName(to))))
      return undefined;
    return "is not named in package.json";
  },
};

/**
 * Every import that breaks a rule, in words.
 * @param {readonly Import[]} imports
 * @returns {readonly string[]}
 */
export function violations(imports) {
  return imports.flatMap((found) =>
    Object.values(rules).flatMap((rule) => {
      const problem = rule(found);
      return problem === undefined ? [] : [`${found.from}: the import of ${found.to} ${problem}`];
    }),
  );
}

/**
 * Circles of value imports: each as the files of one round.
 * @param {readonly Import[]} imports
 * @returns {readonly (readonly string[])[]}
 */
export function cycles(imports) {
  /** @type {Map<string, string[]>} */
  const graph = new Map();
  for (const { from, to, isRelative, isType } of imports) {
    if (isRelative && !isType) graph.set(from, [...(graph.get(from) ?? []), to]);
  }
  /** @type {string[][]} */
  const found = [];
  /** @type {Set<string>} */
  const done = new Set();
  /** @param {string} file @param {readonly string[]} path */
  const visit = (file, path) => {
    const start = path.indexOf(file);
    if (start >= 0) found.push(path.slice(start));
    if (start >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
