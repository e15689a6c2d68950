import { parsePort, settlePort } from "./free-port.mjs";
import { readArguments } from "./read-arguments.mjs";

/** Every port of the whole: its option, its variable, its default, and what listens there. */
const ports = /** @type {const} */ ([
  { key: "dashboard", option: "dashboard-port", variable: "E6_DASHBOARD_PORT", port: 3000, what: "the web console" },
  {
    key: "gateway",
    option: "gateway-port",
    variable: "E6_GATEWAY_PORT",
    port: 8080,
    what: "Envoy, where clients connect",
  },
  { key: "blue", option: "blue-port", variable: "E6_BLUE_PORT", port: 20051, what: "the blue stack" },
  { key: "green", option: "green-port", variable: "E6_GREEN_PORT", port: 20052, what: "the green stack" },
  {
    key: "control",
    option: "control-port",
    variable: "E6_CONTROL_PORT",
    port: 20050,
    what: "the mock's control interface",
  },
  { key: "admin", option: "admin-port", variable: "E6_ADMIN_PORT", port: 9901, what: "Envoy's admin pages" },
]);

/** @typedef {Record<(typeof ports)[number]["key"], number>} Ports */

/** @typedef {{ ports: Ports, scale: string | undefined }} StartOptions */

/** The text of `npm start -- --help`. */
export const help = `npm start -- [options]

Starts blue, green, the gateway and the dashboard on loopback, prints one URL, stops all of it on Ctrl-C.

${ports.map(({ option, variable, port, what }) => `  --${option.padEnd(16)} ${what} (${port}; or ${variable})`).join("\n")}
  --scale            ${"size of the sample data (0.01; or E6_SCALE)"}
  --help             this text

A port that was not asked for and is taken gives way to the next free one.`;

/** @param {readonly string[]} args */
function parse(args) {
  const names = [...ports.map(({ option }) => option), "scale"];
  const strings = Object.fromEntries(names.map((name) => [name, { type: /** @type {const} */ ("string") }]));
  return readArguments({ ...strings, help: { type: "boolean" } }, args, "; `npm start -- --help` lists the options");
}

/**
 * Reads the command line and the environment, and settles every port.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<StartOptions | "help">}
 */
export async function readStartOptions(args, env) {
  /** @type {Record<string, string | boolean | undefined>} */
  const values = parse(args);
  if (values["help"]) return "help";
  /** @param {string} option @param {string} variable */
  const given = (option, variable) => {
    const text = values[option];
    return typeof text === "string"
      ? { text, name: `--${option}` }
      : { text: env[variable] || undefined, name: variable };
  };
  const wishes = ports.map(({ key, option, variable, port }) => {
    const { text, name } = given(option, variable);
    if (text === undefined) return { key, name: `--${option}`, port, asked: false };
    return { key, name, port: parsePort(text, name), asked: true };
  });
  /** @type {Partial<Ports>} */
  const settled = {};
  // Those that were asked for come first: a default gives way to them.
  for (const wish of wishes.toSorted((a, b) => Number(b.asked) - Number(a.asked))) {
    settled[wish.key] = await settlePort(wish, new Set(Object.values(settled)));
  }
  return { ports: /** @type {Ports} */ (settled), scale: given("scale", "E6_SCALE").text };
}
