import { progress } from "./report.mjs";

/** @typedef {import("./supervisor.mjs").Running} Running */

/**
 * Does what an operator does in a deployment: whenever the mock's stacks announce or switch, the gateway is told.
 * @param {readonly Running[]} running
 */
export function leadGateway(running) {
  const part = (/** @type {string} */ wanted) => running.find(({ name }) => name === wanted);
  part("mock")?.onMessage((message) => {
    if (!("deployment" in message)) return;
    const { active, announced } = /** @type {{ active: string, announced: string | null }} the mock's own message */ (
      message.deployment
    );
    part("gateway")?.send({ apply: { active, ...(announced === null ? {} : { announced }) } });
  });
  part("gateway")?.onMessage((message) => {
    if ("refused" in message) progress(`the gateway does not follow the stacks: ${message.refused}`);
  });
}
