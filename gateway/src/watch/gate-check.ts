import { randomUUID } from "node:crypto";
import type { Strategy } from "e6data-web/headers";
import type { Gate } from "../config/watch.ts";
import { activeStack, otherStack } from "../deploy/deployment-state.ts";
import type { Check } from "../deploy/promotion.ts";
import { runCommandHook } from "./hooks/command-hook.ts";

/** The event that a gate's program is told of. */
export interface GateEvent {
  readonly id: string;
  readonly event: "gate";
  /** The stack that is to be promoted. */
  readonly candidate: Strategy;
  /** The stack that is active. */
  readonly former: Strategy;
  /** The version of the deployment's state. */
  readonly version: number;
}

/** The check before a promotion that a gate is: it passes if the program ends with exit code 0. Nothing where there is no gate. */
export function gateCheck(gate: Gate | undefined): Check | undefined {
  return gate && ((state) => runGate(gate, state));
}

async function runGate(gate: Gate, state: Parameters<Check>[0]): ReturnType<Check> {
  const former = activeStack(state);
  const id = `evt_${randomUUID()}`;
  const event: GateEvent = { id, event: "gate", candidate: otherStack(former), former, version: state.version };
  const attempt = await runCommandHook(gate, { id, event: event.event, body: JSON.stringify(event) }, gate.timeout);
  return attempt.isDone
    ? { verdict: "pass", words: "the gate's program is content" }
    : { verdict: "fail", words: `the gate's program: ${attempt.problem}` };
}
