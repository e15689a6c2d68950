import type { Strategy } from "../headers.ts";
import { isCooling, startCooldown } from "./cooldown.ts";
import type { PendingSwitch, StrategyEvent, StrategyState } from "./strategy-state.ts";

/** A pending switch that only engines announce, in their messages, ends when none has done so for this long. */
const silenceMs = 120_000;
/** How much older than the news a time must be to be written anew: not every answer is worth a write. */
const grainMs = 10_000;

type EventOf<Type extends StrategyEvent["type"]> = Extract<StrategyEvent, { readonly type: Type }>;

/**
 * The one function that changes what is known about the deployment. Pure; answers the same object if nothing changes.
 *
 *                          accepted X (X is not active; X by detection)
 *            ┌──────────────────────────────────────────────────────────────┐
 *            │                announced X, not cooling                      │
 *            ▼              ┌───────────────────────────┐                   │
 *     ┌─────────────┐       │                           ▼                   │
 *     │ A is active │───────┘                   ┌───────────────┐           │
 *     │ nothing     │                           │ A is active   │───────────┤
 *     │ pending     │◀──────────────────────────│ X pending, id │           │
 *     └─────────────┘  called off: A announced; └───────────────┘           │
 *            │         header gone; 120 s of            │ switched id       │
 *            │         silence (message only)           │ (X has accepted)  │
 *            │                                          ▼                   │
 *            └──────────────────────────────────▶  X is active, a new epoch ┘
 *
 *     worked A    `checkedAt`; a cooldown of A is over       refused A, before it worked in this epoch    A cools down
 *
 * News of another epoch than the state's is ignored. Before anything is known, `active` is nothing: an announcement is kept,
 * and the first stack that accepts becomes active.
 */
export function transition(state: StrategyState, event: StrategyEvent): StrategyState {
  if (event.epoch !== state.epoch) return state;
  const next = react(isSilent(state.pending, event.at) ? callOff(state) : state, event);
  return isNews(state, next) ? { ...next, version: state.version + 1 } : next;
}

/** True if something has changed but times. */
function isNews(before: StrategyState, after: StrategyState): boolean {
  return (
    before.epoch !== after.epoch ||
    before.pending?.id !== after.pending?.id ||
    before.pending?.by !== after.pending?.by ||
    before.cooldown !== after.cooldown
  );
}

function react(current: StrategyState, event: StrategyEvent): StrategyState {
  switch (event.type) {
    case "accepted":
      return event.stack === current.active ? checked(current, event.at) : activate(current, event.stack, event);
    case "switched":
      return current.pending?.id === event.pendingId ? activate(current, current.pending.stack, event) : current;
    case "announced":
      return announce(current, event);
    case "worked":
      return event.stack === current.active ? work(current, event) : current;
    case "refused":
      return event.stack === current.active ? refuse(current, event) : current;
    default:
      // Not every caller is compiled by TypeScript.
      return current;
  }
}

function activate(
  state: StrategyState,
  stack: Strategy,
  { nextEpoch, at }: EventOf<"accepted" | "switched">,
): StrategyState {
  const pending = state.pending?.stack === stack ? undefined : state.pending;
  return { ...state, epoch: nextEpoch, active: stack, pending, changedAt: at, checkedAt: at };
}

function announce(state: StrategyState, event: EventOf<"announced">): StrategyState {
  const { active, pending } = state;
  const { stack, by, at } = event;
  if (stack === undefined) {
    const isEnd = pending?.by === "header" && pending.id === event.pendingId && event.from === active;
    return isEnd ? callOff(state) : state;
  }
  // What an engine alone announces, it alone calls off: a gateway that was told of nothing names the active stack all the time.
  if (stack === active) return by === "header" && pending?.by === "message" ? state : callOff(state);
  if (stack === pending?.stack) return hear(state, pending, event);
  if (isCooling(state.cooldown, stack, at)) return state;
  return { ...state, pending: { id: event.newId, stack, by, since: at, heardAt: at } };
}

/** What the header says too is from now on the header's to call off. */
function hear(state: StrategyState, pending: PendingSwitch, { by, at }: EventOf<"announced">): StrategyState {
  if (by === "header" && pending.by === "message") return { ...state, pending: { ...pending, by, heardAt: at } };
  return isOlder(pending.heardAt, at) ? { ...state, pending: { ...pending, heardAt: at } } : state;
}

function callOff(state: StrategyState): StrategyState {
  return state.pending === undefined ? state : { ...state, pending: undefined };
}

function work(state: StrategyState, { stack, at }: EventOf<"worked">): StrategyState {
  const rested = state.cooldown?.stack === stack ? { ...state, cooldown: undefined } : state;
  if (hasWorked(rested)) return checked(rested, at);
  // Work in the very millisecond of the change is work all the same.
  return { ...rested, checkedAt: at === rested.changedAt ? at + 1 : at };
}

function refuse(state: StrategyState, { stack, at }: EventOf<"refused">): StrategyState {
  if (hasWorked(state) || isCooling(state.cooldown, stack, at)) return state;
  return { ...state, cooldown: startCooldown(state.cooldown, stack, at) };
}

function hasWorked({ checkedAt, changedAt }: StrategyState): boolean {
  return checkedAt !== changedAt;
}

function isSilent(pending: PendingSwitch | undefined, at: number): boolean {
  return pending?.by === "message" && Math.abs(at - pending.heardAt) >= silenceMs;
}

function checked(state: StrategyState, at: number): StrategyState {
  return isOlder(state.checkedAt, at) ? { ...state, checkedAt: at } : state;
}

/** A clock may be set back: what lies far ahead is as old as what lies far behind. */
function isOlder(time: number, at: number): boolean {
  return Math.abs(at - time) >= grainMs;
}
