import type { StrategyEvent, StrategyState } from "./strategy-state.ts";

/**
 * The one function that changes what is known about the deployment. Pure; answers the same object if nothing changes.
 *
 *     accepted X    active = X under a new epoch; a switch to X that was pending is done
 *     announced X   X = active: the pending switch is called off;  X pending: nothing;  else: X is pending, with a new id
 *     named none    by the active stack, to a call that knew of a switch pending by header: called off
 *
 * News of another epoch than the state's is ignored.
 */
export function transition(state: StrategyState, event: StrategyEvent): StrategyState {
  if (event.epoch !== state.epoch) {
    return state;
  }
  return event.type === "accepted" ? accept(state, event) : announce(state, event);
}

type Accepted = Extract<StrategyEvent, { type: "accepted" }>;
type Announced = Extract<StrategyEvent, { type: "announced" }>;

function accept(state: StrategyState, { stack, nextEpoch }: Accepted): StrategyState {
  if (stack === state.active) {
    return state;
  }
  const pending = state.pending?.stack === stack ? undefined : state.pending;
  return { epoch: nextEpoch, active: stack, pending };
}

function announce(state: StrategyState, event: Announced): StrategyState {
  const { pending } = state;
  if (event.stack === undefined) {
    const answersIt = pending?.by === "header" && pending.id === event.pendingId && event.from === state.active;
    return answersIt ? withoutPending(state) : state;
  }
  if (event.stack === state.active) {
    return withoutPending(state);
  }
  if (event.stack === pending?.stack) {
    return state;
  }
  return { ...state, pending: { id: event.newId, stack: event.stack, by: event.by } };
}

function withoutPending(state: StrategyState): StrategyState {
  return state.pending === undefined ? state : { ...state, pending: undefined };
}
