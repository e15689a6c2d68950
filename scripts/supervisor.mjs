import { spawn } from "node:child_process";
import { nodeArguments } from "./parts.mjs";
import { Remedy } from "./report.mjs";
import { nodePath } from "./setup/node.mjs";
import { root } from "./workspace.mjs";

/** @typedef {import("./parts.mjs").PartName} PartName */

/**
 * @typedef {object} Running
 * @property {PartName} name
 * @property {Promise<Record<string, unknown>>} ready what the part told when it was ready; rejects if it stops before
 * @property {Promise<string>} stopped settles when the part has stopped, with the reason in words
 * @property {(message: object) => void} send tells the part something; nobody listens if it has stopped
 * @property {(listener: (message: object) => void) => void} onMessage calls the listener with all that the part tells
 * @property {() => Promise<string>} stop asks the part to stop, insists after a while, and waits
 */

/** A part that does not stop by itself within this time is ended. */
const patienceMs = 8_000;

/** @param {unknown} message @returns {message is { ready: Record<string, unknown> }} */
function isReady(message) {
  return typeof message === "object" && message !== null && "ready" in message;
}

/**
 * Starts a part in a process group of its own: Ctrl-C in a terminal then reaches only the parent, which stops the
 * parts in their order.
 * @param {PartName} name
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Running}
 */
export function startPart(name, args, env) {
  const child = spawn(nodePath(), nodeArguments(name, args), {
    cwd: root,
    env,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    detached: true,
  });
  let lastLine = "";
  child.stderr?.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
    lastLine = text.trim().split("\n").at(-1) || lastLine;
    process.stderr.write(text.replaceAll(/^(?=.)/gm, `[${name}] `));
  });
  /** @type {Promise<string>} */
  const stopped = new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("close", (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      resolve(`stopped (${how})${lastLine === "" ? "" : `: ${lastLine.replace(/^error: /, "")}`}`);
    });
  });
  /** @type {Promise<Record<string, unknown>>} */
  const ready = new Promise((resolve, reject) => {
    child.on("message", (message) => {
      if (isReady(message)) resolve(message.ready);
    });
    void stopped.then((reason) => reject(new Remedy(`${name} ${reason}`)));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    const reason = await stopped;
    clearTimeout(timer);
    return reason;
  };
  /** @param {object} message */
  const send = (message) => {
    if (child.connected) child.send(message);
  };
  /** @param {(message: object) => void} listener */
  const onMessage = (listener) => {
    child.on("message", (message) => {
      if (typeof message === "object" && message !== null) listener(message);
    });
  };
  return { name, ready, stopped, send, onMessage, stop };
}
