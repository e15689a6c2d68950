import { randomInt } from "node:crypto";
import type { Strategy } from "e6data-web/headers";

/** Each stack has several, so that a caller who mixes up its queries' planners is found out. */
const planners = {
  blue: ["10.1.0.1", "10.1.0.2", "10.1.0.3"],
  green: ["10.2.0.1", "10.2.0.2", "10.2.0.3"],
} as const satisfies Record<Strategy, readonly string[]>;

/** The address of a planner of a stack: `wished` if it is one of them. */
export function pickPlanner(stack: Strategy, wished?: string | undefined): string {
  const own = planners[stack];
  return own.find((address) => address === wished) ?? own[randomInt(own.length)] ?? own[0];
}
