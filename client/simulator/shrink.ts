import { History } from "./history.ts";
import type { Move, Plan } from "./plan.ts";

/** In how many orders of its steps a smaller plan is tried. */
const orders = 6;

/**
 * The smallest plan to be found in which the same property does not hold: with fewer moves and fewer tabs, and perhaps its steps in
 * another order.
 */
export async function shrink(plan: Plan, property: string): Promise<Plan> {
  let smallest = plan;
  for (let size = Math.ceil(plan.moves.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let from = 0; from < smallest.moves.length; ) {
      const moves = smallest.moves.toSpliced(from, size);
      const found = await breaking({ ...smallest, moves, tabs: tabsOf(moves) }, property);
      if (found === undefined) from += size;
      else smallest = found;
    }
  }
  return smallest;
}

/** The plan in an order of steps that breaks the property. */
async function breaking(plan: Plan, property: string): Promise<Plan | undefined> {
  for (let order = plan.order; order < plan.order + orders; order++) {
    const tried = { ...plan, order };
    const { findings } = await new History(tried).run();
    if (findings.some((finding) => finding.property === property)) return tried;
  }
  return undefined;
}

/** As many tabs as there is anything to do for. */
function tabsOf(moves: readonly Move[]): number {
  return Math.max(1, ...moves.map((move) => ("tab" in move && move.tab !== undefined ? move.tab + 1 : 1)));
}
