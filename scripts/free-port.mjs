import { createServer } from "node:net";
import { Remedy } from "./report.mjs";

const last = 65_535;

/**
 * @param {number} port
 * @returns {Promise<boolean>} whether a server could listen there, on loopback, right now
 */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Reads a port that somebody asked for.
 * @param {string} text
 * @param {string} name what to call it in the error
 * @returns {number}
 */
export function parsePort(text, name) {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= last) return port;
  throw new Remedy(`${name} is "${text}", which is no port: give a number from 1 to ${last}`);
}

/**
 * @typedef {object} PortWish
 * @property {string} name what to call it in an error
 * @property {number} port
 * @property {boolean} asked whether somebody asked for just this port
 */

/**
 * Settles which port a server gets: the one that was asked for or an error; where nobody asked, the next free one.
 * @param {PortWish} wish
 * @param {ReadonlySet<number>} promised ports that are promised to others, though still free
 * @returns {Promise<number>}
 */
export async function settlePort({ name, port, asked }, promised) {
  if (asked) {
    if (promised.has(port)) throw new Remedy(`${name} is ${port}, which another part was given: each needs its own`);
    if (await isFree(port)) return port;
    throw new Remedy(`${name} is ${port}, which is taken: stop what listens there, or give another`);
  }
  for (let next = port; next <= Math.min(port + 100, last); next += 1) {
    if (!promised.has(next) && (await isFree(next))) return next;
  }
  throw new Remedy(`no free port from ${port} to ${port + 100}: give one by ${name}`);
}
