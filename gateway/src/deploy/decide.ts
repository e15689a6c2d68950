import type { Strategy } from "e6data-web/headers";
import { type Aim, activeStack, type DeploymentState, otherStack, permissive } from "./deployment-state.ts";

/** What is wanted of a deployment. `to` is the recorded state whose active and announced stack are to come back. */
export type Wish =
  | { readonly verb: "announce" | "promote" | "drain" | "off"; readonly stack: Strategy }
  | { readonly verb: "rollback" }
  | { readonly verb: "restore"; readonly to: DeploymentState };

/** What is to be done about a wish: a change, nothing, since all is as wished already, or nothing, for a reason. */
export type Decision =
  | { readonly kind: "change"; readonly aim: Aim }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly why: string };

const unchanged: Decision = { kind: "unchanged" };

/**
 * The one function that changes a deployment. Pure; a wish that has come true is answered by `unchanged`, so each verb may be repeated.
 *
 *                    announce            promote (other way round for the stack that was active)
 *     off ─────────────────────▶ standby ◀──────────────────────────────▶ active
 *      ▲                           │ ▲         rollback, restore
 *      │ off                 drain │ │ rollback, restore: to standby or to active
 *      │                           ▼ │
 *      └─────────────────────── draining
 *
 * - Two phases: a stack that was active takes new work for as long as it is on standby, and is refused it from `drain` on. What has been
 *   published in between is for the caller to wait for.
 * - Nothing comes back from `off` but by an announcement: what was there may be gone.
 * - A change never takes the other stack from active to draining or off.
 */
export function decide(state: DeploymentState, wish: Wish): Decision {
  switch (wish.verb) {
    case "announce":
      return announce(state, wish.stack);
    case "promote":
      return promote(state, wish.stack);
    case "drain":
      return drain(state, wish.stack);
    case "off":
      return off(state, wish.stack);
    case "rollback":
      return rollback(state);
    case "restore":
      return restore(state, wish.to);
  }
}

function announce(state: DeploymentState, stack: Strategy): Decision {
  const { stacks, announced, former } = state;
  if (stacks[stack] === "active") {
    return announced === undefined ? unchanged : change({ stacks, former });
  }
  if (stack === announced) {
    return unchanged;
  }
  if (stacks[stack] === "draining") {
    return refuse(`${stack} is draining: roll back to make it active again, or end the drain with off first`);
  }
  return change({ stacks: { ...stacks, [stack]: "standby" }, announced: stack, former });
}

function promote(state: DeploymentState, stack: Strategy): Decision {
  const { stacks, announced } = state;
  switch (stacks[stack]) {
    case "active":
      return announced === undefined
        ? unchanged
        : refuse(`${stack} is active already, and ${announced} is announced: announce ${stack} to call that off`);
    case "standby":
      return change({ ...permissive(stack), former: otherStack(stack) });
    case "draining":
      return refuse(`${stack} is draining: roll back to make it active again`);
    case "off":
      return refuse(`${stack} is off: announce it first`);
  }
}

function drain({ stacks, announced, former }: DeploymentState, stack: Strategy): Decision {
  if (stacks[stack] === "active") {
    return refuse(`${stack} is active: promote ${otherStack(stack)} first`);
  }
  if (stack === announced) {
    return refuse(`${stack} is announced: announce ${otherStack(stack)} to call that off first`);
  }
  return stacks[stack] === "standby" ? change({ stacks: { ...stacks, [stack]: "draining" }, former }) : unchanged;
}

function off({ stacks, former }: DeploymentState, stack: Strategy): Decision {
  switch (stacks[stack]) {
    case "active":
      return refuse(`${stack} is active: promote ${otherStack(stack)} and drain ${stack} first`);
    case "standby":
      return refuse(`${stack} is on standby: drain it first`);
    case "draining":
      return change({ stacks: { ...stacks, [stack]: "off" }, former: former === stack ? undefined : former });
    case "off":
      return unchanged;
  }
}

function rollback(state: DeploymentState): Decision {
  const { stacks, announced, former } = state;
  // Once only: who repeats it, as scripts do, must not be led on to what was before that.
  if (state.change.verb === "rollback") {
    return unchanged;
  }
  if (announced !== undefined) {
    return change({ stacks, former });
  }
  return former === undefined ? refuse(nothingBefore(state)) : change(permissive(former));
}

function nothingBefore(state: DeploymentState): string {
  const other = otherStack(activeStack(state));
  return state.stacks[other] === "off"
    ? `${other} is off, and what was there may be gone: announce and promote it, once it runs`
    : `nothing was announced or promoted that could be rolled back: promote ${other} to change stacks`;
}

function restore(state: DeploymentState, to: DeploymentState): Decision {
  const active = activeStack(to);
  const gone = [active, to.announced].find((stack) => stack !== undefined && state.stacks[stack] === "off");
  if (gone !== undefined) {
    return refuse(`version ${to.version} needs ${gone}, which is off: announce it first, once it runs`);
  }
  const now = activeStack(state);
  if (now !== active) {
    return change({ ...permissive(active, to.announced), former: now });
  }
  const other = otherStack(active);
  const stacks = to.announced === undefined ? state.stacks : { ...state.stacks, [other]: "standby" as const };
  return state.announced === to.announced
    ? unchanged
    : change({ stacks, announced: to.announced, former: state.former });
}

function change(aim: Aim): Decision {
  return { kind: "change", aim };
}

function refuse(why: string): Decision {
  return { kind: "refused", why };
}
