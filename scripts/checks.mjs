/** @typedef {import("./steps.mjs").Step} Step */

const minute = 60_000;

/**
 * @param {string} name
 * @param {string} project a project of vitest.config.ts
 * @param {number} timeoutMs
 * @returns {Step}
 */
const vitest = (name, project, timeoutMs) => ({
  name,
  command: "vitest",
  args: ["run", "--project", project, "--reporter=default"],
  report: "vitest",
  timeoutMs,
});

/** @type {readonly Step[]} what needs nothing but the npm packages; under half a minute */
export const quickChecks = [
  {
    name: "format and lint",
    command: "biome",
    args: ["ci", "--error-on-warnings", "--colors=off"],
    timeoutMs: 2 * minute,
  },
  { name: "types", command: "tsc", args: ["-b"], timeoutMs: 5 * minute },
  { name: "schema lint", command: "buf", args: ["lint"], timeoutMs: minute },
  { name: "schema unbroken", command: "node", args: ["scripts/generate.mjs", "--check-breaking"], timeoutMs: minute },
  { name: "generated code current", command: "node", args: ["scripts/generate.mjs", "--check"], timeoutMs: minute },
];

/** @type {Step} */
export const unitTests = vitest("unit tests in Node", "node", 10 * minute);

/** @type {readonly Step[]} what needs Envoy, a browser or the Python connector */
export const roadTests = [
  vitest("unit tests in Chromium", "chromium", 5 * minute),
  vitest("the road's parts", "road", 15 * minute),
  vitest("Python connector", "peer", 10 * minute),
  {
    name: "end to end",
    command: "playwright",
    args: ["test", "--config", "e2e/playwright.config.ts", "--reporter=list,json"],
    // The tests start the mock and the gateway from their sources.
    env: { NODE_OPTIONS: "--conditions=e6data-source" },
    report: "playwright",
    timeoutMs: 10 * minute,
  },
];
