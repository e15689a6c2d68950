import type { Strategy } from "../headers.ts";
import { isCooling, startCooldown } from "./cooldown.ts";
import { isWithin } from "./is-within.ts";
import type { PendingSwitch, StrategyEvent, StrategyState } from "./strategy-state.ts";

/** A pending switch that only engines announce, in their messages, ends when none has done so for this long. */
const silenceMs = 120_000;
/** How much older than the news a time must be to be written anew: not every answer is worth a write. */
const grainMs = 10_000;

type EventOf<Type extends StrategyEvent["type"]> = Extract<StrategyEvent, { readonly type: Type }>;

/**
 * The one function that changes what is known about the deployment. Pure; answers the same object if nothing changes.
 *
 *     ┌───────────────┐   accepted A     ┌───────────────┐   announced B, not cooling   ┌───────────────┐
 *     │ nothing known │ ───────────────▶ │  A is active  │ ───────────────────────────▶ │  A is active  │
 *     └───────────────┘                  │               │ ◀─────────────────────────── │ B pending, id │
 *                                        └───────────────┘          called off          └───────────────┘
 *                                          ▲           │                                  │           │
 *                                          └───────────┘                                  │           │
 *                                  accepted B: A and B change places ◀────────────────────┘           │
 *                                  switched id: likewise, B having accepted a sign-in ◀───────────────┘
 *
 * - *Called off*: A is announced, by header or by message as B was; what came by header also by an answer of the active stack without it,
 *   to a call that knew of the switch; what came by message alone also by 120 s of silence.
 * - *worked A* moves `checkedAt`, and ends a cooldown of A. *refused A*, before it has worked in this epoch: A cools down.
 * - Each change of `active` begins an epoch. News of another epoch than the state's is ignored.
 */
export function transition(state: StrategyState, event: StrategyEvent): StrategyState {
  if (event.epoch !== state.epoch || !Number.isFinite(event.at)) return state;
  const next = react(isSilent(state.pending, event.at) ? callOff(state) : state, event);
  return isNews(state, next) ? { ...next, version: state.version + 1 } : next;
}

/** True if something has changed but times. */
export function isNews(before: StrategyState, after: StrategyState): boolean {
  return (
    before.epoch !== after.epoch ||
    before.pending?.id !== after.pending?.id ||
    before.pending?.by !== after.pending?.by ||
    // Cooldowns of two stacks may end at the same time, and so may two of one, if its clock was set back between them.
    before.cooldown?.stack !== after.cooldown?.stack ||
    before.cooldown?.until !== after.cooldown?.until ||
    before.cooldown?.delayMs !== after.cooldown?.delayMs
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
  return { ...state, epoch: nextEpoch, active: stack, pending: undefined, changedAt: at, checkedAt: at };
}

function announce(state: StrategyState, event: EventOf<"announced">): StrategyState {
  const { active, pending } = state;
  const { stack, by, at } = event;
  // Who knows of no active stack looks for one anyway.
  if (active === undefined) return state;
  // Who announces it calls it off: a gateway that was told of nothing names the active stack all the time, and so may an engine.
  if (stack === active && pending?.by === by) return callOff(state);
  if (stack === undefined || stack === active) {
    const isEnd = pending?.by === "header" && pending.id === event.pendingId && event.from === active;
    return isEnd ? callOff(state) : state;
  }
  if (stack === pending?.stack) return hear(state, pending, event);
  if (isCooling(state.cooldown, stack, at)) return state;
  return { ...state, pending: { id: event.newId, stack, by, since: at, heardAt: at } };
}

/** What the header says too is from now on the header's to call off. */
function hear(state: StrategyState, pending: PendingSwitch, { by, at }: EventOf<"announced">): StrategyState {
  if (by === "header" && pending.by === "message") return { ...state, pending: { ...pending, by, heardAt: at } };
  return isWithin(grainMs, pending.heardAt, at) ? state : { ...state, pending: { ...pending, heardAt: at } };
}

function callOff(state: StrategyState): StrategyState {
  return state.pending === undefined ? state : { ...state, pending: undefined };
}

function work(state: StrategyState, { stack, at }: EventOf<"worked">): StrategyState {
  const rested = state.cooldown?.stack === stack ? { ...state, cooldown: undefined } : state;
  return hasWorked(rested) ? checked(rested, at) : withCheckedAt(rested, at);
}

function refuse(state: StrategyState, { stack, at }: EventOf<"refused">): StrategyState {
  if (hasWorked(state) || isCooling(state.cooldown, stack, at)) return state;
  return { ...state, cooldown: startCooldown(state.cooldown, stack, at) };
}

function hasWorked({ checkedAt, changedAt }: StrategyState): boolean {
  return checkedAt !== changedAt;
}

function isSilent(pending: PendingSwitch | undefined, at: number): boolean {
  return pending?.by === "message" && !isWithin(silenceMs, pending.heardAt, at);
}

function checked(state: StrategyState, at: number): StrategyState {
  return isWithin(grainMs, state.checkedAt, at) ? state : withCheckedAt(state, at);
}

/** What was seen in the very millisecond of the change was seen all the same. */
function withCheckedAt(state: StrategyState, at: number): StrategyState {
  return { ...state, checkedAt: at === state.changedAt ? at + 1 : at };
}
