import { strategies } from "e6data-web/headers";
import { type FaultFormName, faultForms } from "../faults.ts";
import { InputError } from "../input-error.ts";
import { queueMessages } from "../planner-queue.ts";
import { boolean, integer, list, nullable, object, oneOf, optional, type Read, text } from "./body.ts";
import type { Control } from "./control.ts";

/** One route of the control interface: it reads its input, acts, and gives what the answer's body says. */
export type Route = (control: Control, input: { readonly body: unknown; readonly query: URLSearchParams }) => unknown;

const stack = oneOf(strategies);
// Object.keys forgets the keys' types.
const form = oneOf(Object.keys(faultForms) as FaultFormName[]);
/** A day: longer delays are mistakes. */
const milliseconds = integer(0, 86_400_000);
const count = integer(1, 1_000_000_000);

const announceBody = object({ stack: nullable(stack) });
const switchBody = object({ stack, hard: optional(boolean) });
const suspendBody = object({ resumeMs: optional(milliseconds), resumeFails: optional(boolean) });
const expireBody = object({ stack: optional(stack) });
const stackBody = object({
  stack,
  up: optional(boolean),
  acceptsWhileStandby: optional(boolean),
  acceptsWhileDraining: optional(boolean),
});
const faultsBody = list(
  object({
    rpc: text(100),
    stack: optional(stack),
    nth: optional(count),
    times: optional(count),
    every: optional(count),
    delayMs: optional(milliseconds),
    form: optional(form),
  }),
  1000,
);
const queueBody = object({ waits: integer(0, 1_000_000), message: optional(oneOf(queueMessages)) });
const emptyBody = object({});

/** The routes by method and path. Those that change something answer the state after it. */
export const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["GET /state", (control) => control.state()],
  ["POST /announce", change(announceBody, (control, body) => control.announce(body.stack))],
  ["POST /switch", change(switchBody, (control, { stack: to, ...options }) => control.switch(to, options))],
  ["POST /suspend", change(suspendBody, (control, body) => control.suspend(body))],
  ["POST /resume", change(emptyBody, (control) => control.resume())],
  ["POST /expire", change(expireBody, (control, body) => control.expire(body.stack))],
  ["POST /stack", change(stackBody, (control, { stack: of, ...manners }) => control.setStack(of, manners))],
  ["POST /queue", change(queueBody, (control, body) => control.queue(body))],
  ["GET /sessions", (control) => control.sessions()],
  ["POST /faults", change(faultsBody, (control, rules) => control.faults(rules), [])],
  ["DELETE /faults", change(emptyBody, (control) => control.clearFaults())],
  ["GET /calls", (control, { query }) => control.calls(readAfter(query))],
  ["DELETE /calls", change(emptyBody, (control) => control.clearCalls())],
  ["POST /reset", change(emptyBody, (control) => control.reset())],
]);

function change<T>(
  read: Read<T>,
  act: (control: Control, body: T) => void | Promise<void>,
  whenEmpty: unknown = {},
): Route {
  return async (control, { body }) => {
    await act(control, read(body === undefined ? whenEmpty : body, "The body"));
    return control.state();
  };
}

function readAfter(query: URLSearchParams): number {
  const after = query.get("after") ?? "0";
  if (!/^\d{1,15}$/.test(after)) throw new InputError('"after" is not the number of a call');
  return Number(after);
}
