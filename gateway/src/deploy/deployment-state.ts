import { type Strategy, strategies } from "e6data-web/headers";

/** What a stack can be to a deployment. */
export const stackStates = ["active", "standby", "draining", "off"] as const;

/**
 * One of {@link stackStates}. `active`: new work goes there. `standby`: it may take work that names it. `draining`: the gateway refuses
 * it new work, and lets running queries go on. `off`: the gateway refuses it every call.
 */
export type StackState = (typeof stackStates)[number];

/** What the gateways do: the part of a deployment's state that the routes are made of. */
export interface Situation {
  /** Exactly one of them is active. */
  readonly stacks: Readonly<Record<Strategy, StackState>>;
  /** The stack that new work will move to, from its announcement until its promotion; it is on standby. */
  readonly announced?: Strategy | undefined;
}

/** What has led to a state. `begin` is the first state, `revert` the way back from routes that a gateway has refused. */
export const changeVerbs = ["begin", "announce", "promote", "drain", "off", "rollback", "restore", "revert"] as const;

/** One of {@link changeVerbs}. */
export type ChangeVerb = (typeof changeVerbs)[number];

/** The change that has led to a state. */
export interface DeploymentChange {
  readonly verb: ChangeVerb;
  /** ISO 8601, UTC. For people: versions order states. */
  readonly at: string;
  /** Why, in the words of who made it. */
  readonly reason?: string | undefined;
}

/** A deployment at one moment, as its state file holds it. */
export interface DeploymentState extends Situation {
  /** Grows by one with each change. */
  readonly version: number;
  /** The stack that a rollback makes active again: it was active until the last promotion, and has not been off since. */
  readonly former?: Strategy | undefined;
  readonly change: DeploymentChange;
}

/** The stack that is active. */
export function activeStack({ stacks }: Situation): Strategy {
  return stacks.blue === "active" ? "blue" : "green";
}

/** The other one of the two stacks. */
export function otherStack(stack: Strategy): Strategy {
  return stack === "blue" ? "green" : "blue";
}

/** The stack that new work is to go to: the announced one, else the active one. */
export function targetStack(situation: Situation): Strategy {
  return situation.announced ?? activeStack(situation);
}

/** Both stacks take work, and new work goes to `active`. */
export function permissive(active: Strategy, announced?: Strategy): Situation {
  const stacks = { blue: "standby", green: "standby", [active]: "active" } as const;
  return announced === undefined || announced === active ? { stacks } : { stacks, announced };
}

/** Every situation that there can be. */
export const situations: readonly Situation[] = strategies.flatMap((active) => {
  const other = otherStack(active);
  const quiet = stackStates.filter((state) => state !== "active");
  return [
    ...quiet.map((state) => ({ stacks: { ...permissive(active).stacks, [other]: state } })),
    permissive(active, other),
  ];
});

/** What a state is made of, beside its version and how it came about. */
export type Aim = Situation & Pick<DeploymentState, "former">;

/** What is wrong with it; nothing where all is well. */
export function aimProblem({ stacks, announced, former }: Aim): string | undefined {
  if (strategies.filter((stack) => stacks[stack] === "active").length !== 1) {
    return "not exactly one stack is active";
  }
  if (announced !== undefined && stacks[announced] !== "standby") {
    return `${announced} is announced, but ${stacks[announced]}`;
  }
  return former !== undefined && /^(active|off)$/.test(stacks[former])
    ? `${former} is what a rollback would lead to, but ${stacks[former]}`
    : undefined;
}
