import type { Strategy } from "../src/headers.ts";
import type { PendingSwitch, StrategyEvent, StrategyState } from "../src/strategy/strategy-state.ts";

type EventOf<Type extends StrategyEvent["type"]> = Extract<StrategyEvent, { readonly type: Type }>;

/** Blue is active and has worked, in the epoch `e1`. */
export const onBlue: StrategyState = {
  lineage: "l",
  version: 4,
  epoch: "e1",
  active: "blue",
  pending: undefined,
  cooldown: undefined,
  changedAt: 8_000,
  checkedAt: 9_000,
};

/** Blue is active, green announced as `p1`. */
export function pendingGreen(by: PendingSwitch["by"]): StrategyState & { readonly pending: PendingSwitch } {
  return { ...onBlue, pending: { id: "p1", stack: "green", by, since: 9_000, heardAt: 9_000 } };
}

/** A detection, begun in `e1`, found that a stack accepts. */
export function accepted(stack: Strategy, at = 10_000): EventOf<"accepted"> {
  return { type: "accepted", stack, epoch: "e1", nextEpoch: "e2", at };
}

/** A safe point for a switch, in `e1`. */
export function switched(pendingId: string, at = 10_000): EventOf<"switched"> {
  return { type: "switched", pendingId, epoch: "e1", nextEpoch: "e2", at };
}

/** An announcement: of green, by the header of blue, to a call that knew of none, in `e1`. */
export function announced(parts: Partial<EventOf<"announced">> = {}): EventOf<"announced"> {
  return {
    type: "announced",
    stack: "green",
    by: "header",
    from: "blue",
    epoch: "e1",
    pendingId: undefined,
    newId: "new",
    at: 10_000,
    ...parts,
  };
}

/** A stack did new work, in `e1`. */
export function worked(stack: Strategy, at = 10_000): EventOf<"worked"> {
  return { type: "worked", stack, epoch: "e1", at };
}

/** A stack refused new work, in `e1`. */
export function refused(stack: Strategy, at = 10_000): EventOf<"refused"> {
  return { type: "refused", stack, epoch: "e1", at };
}
