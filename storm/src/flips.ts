import { type Deployer, otherStack } from "./deployer.ts";
import type { FlipFact, FlipKind, FlipOrder } from "./facts.ts";
import type { Ledger } from "./ledger.ts";
import type { Stack } from "./page/told.ts";

/** What a flip works with. */
export interface FlipContext {
  readonly deployer: Deployer;
  readonly ledger: Ledger;
  /** The users of the tabs: by them the record tells who has signed in. */
  readonly users: readonly string[];
}

/** Does one flip. Resolves when the deployment is at rest again. */
export async function flip(context: FlipContext, kind: FlipKind, order: FlipOrder): Promise<FlipFact> {
  const { deployer, ledger } = context;
  const from = deployer.active;
  const begun = { kind, order, from, atJob: ledger.outcomes.length, begunAt: Date.now() };
  const promotedAt = await steps[kind](context, otherStack(from), order);
  const ended = { to: deployer.active, endedAt: Date.now() };
  return { ...begun, ...ended, ...(promotedAt !== undefined && { promotedAt }) };
}

/** Does the steps of a flip to `stack`; tells when it was promoted. */
type Steps = (context: FlipContext, stack: Stack, order: FlipOrder) => Promise<number | undefined>;

const steps: Readonly<Record<FlipKind, Steps>> = {
  async announced(context, stack, order) {
    await announceToAll(context, stack);
    return await promote(context, stack, order);
  },
  async hurried(context, stack, order) {
    await context.deployer.announce(stack);
    return await promote(context, stack, order);
  },
  silent: (context, stack, order) => promote(context, stack, order),
  hard: (context, stack, order) => promote(context, stack, order, true),
  async "announced-hard"(context, stack, order) {
    await announceToAll(context, stack);
    return await promote(context, stack, order, true);
  },
  async "called-off"(context, stack) {
    await announceTo(context, stack, 1);
    await context.deployer.callOff();
    return undefined;
  },
  async "there-and-back"(context, stack, order) {
    await announceToAll(context, stack);
    const promotedAt = await promote(context, stack, order);
    await promote(context, otherStack(stack), order, true);
    return promotedAt;
  },
};

async function promote({ deployer }: FlipContext, stack: Stack, order: FlipOrder, hard = false): Promise<number> {
  const promotedAt = Date.now();
  await deployer.promote(stack, order, { hard });
  return promotedAt;
}

function announceToAll(context: FlipContext, stack: Stack): Promise<void> {
  return announceTo(context, stack, context.users.length);
}

/** Announces a stack, and waits until so many tabs have come there. */
async function announceTo(context: FlipContext, stack: Stack, tabs: number): Promise<void> {
  const arrival = watchArrival(context, stack, tabs);
  await context.deployer.announce(stack);
  await arrival();
}

/** Waits until so many tabs have begun a query on a stack, from the call of this function on. */
export function watchArrival({ ledger, users }: FlipContext, stack: Stack, tabs = users.length): () => Promise<void> {
  const arrived = new Set<string>();
  let seen = ledger.calls.length;
  const look = () => {
    for (const call of ledger.calls.slice(seen)) {
      if (call.stack === stack && call.rpc.startsWith("prepareStatement") && call.user !== undefined)
        arrived.add(call.user);
    }
    seen = ledger.calls.length;
    return arrived.size >= tabs;
  };
  return () => ledger.until(`${tabs} tabs of ${users.length} come to ${stack}`, look);
}
