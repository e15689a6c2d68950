import { GatewayError } from "../gateway-error.ts";
import type { DeploymentController } from "./controller.ts";
import type { Wish } from "./decide.ts";
import type { DeployCommand, DeployVerb } from "./deploy-command.ts";
import { awaitDrained, type Remainder } from "./drained.ts";
import { type PromotionTerms, promoteStack } from "./promotion.ts";
import { askAll } from "./replica.ts";
import { historyReport, planReport, type Report, statusReport, stepReport } from "./report.ts";

/** A verb that does one thing and tells what has come of it. */
export type OneVerb = Exclude<DeployVerb, { readonly name: "watch" }>;

/** How a verb is to be done. */
export type VerbTerms = Pick<DeployCommand, "isDryRun" | "reason"> & Pick<PromotionTerms, "before">;

/** Does what was asked for. Rejects with a {@link GatewayError}. */
export async function runVerb(controller: DeploymentController, verb: OneVerb, terms: VerbTerms): Promise<Report> {
  switch (verb.name) {
    case "status":
      return await status(controller);
    case "history":
      return historyReport(await controller.history(verb.count));
    case "publish":
      return stepReport(verb.name, await controller.publish());
    default: {
      const wish = await wishOf(controller, verb);
      return terms.isDryRun
        ? planReport(verb.name, await controller.plan(wish))
        : await make(controller, verb, wish, terms);
    }
  }
}

type ChangingVerb = Exclude<OneVerb, { readonly name: "status" | "history" | "publish" }>;

async function wishOf(controller: DeploymentController, verb: ChangingVerb): Promise<Wish> {
  switch (verb.name) {
    case "rollback":
      return { verb: "rollback" };
    case "restore":
      return { verb: "restore", to: await controller.record(verb.version) };
    default:
      return { verb: verb.name, stack: verb.stack };
  }
}

async function make(
  controller: DeploymentController,
  verb: ChangingVerb,
  wish: Wish,
  { reason, before }: VerbTerms,
): Promise<Report> {
  if (verb.name === "promote") {
    const { stack, readiness } = verb;
    return stepReport(verb.name, await promoteStack(controller, stack, { reason, readiness, before }));
  }
  if (verb.name === "off" && !verb.isForced && (await controller.plan(wish)).decision.kind === "change") {
    await assertIdle(controller, verb.stack);
  }
  const step = await controller.change(wish, { reason });
  return verb.name === "drain"
    ? await drain(controller, verb, stepReport(verb.name, step))
    : stepReport(verb.name, step);
}

async function status(controller: DeploymentController): Promise<Report> {
  const state = await controller.read();
  const { version, survey } = await controller.survey();
  return statusReport(state, version, survey, await askAll(controller.replicas, (replica) => replica.traffic()));
}

async function drain(
  { replicas, clock }: DeploymentController,
  { stack, goal }: Extract<DeployVerb, { readonly name: "drain" }>,
  { data, text }: Report,
): Promise<Report> {
  const { isDrained, remainders } = await awaitDrained(stack, goal, replicas, clock);
  if (!isDrained) {
    throw new GatewayError(
      "NOT_DRAINED",
      `${stack} gets no new work, but is not drained: ${remainders.map(describe).join("; ")}. Repeat drain to wait on, or switch it off with --force`,
    );
  }
  return { data: { ...data, isDrained, remainders }, text: `${text}${stack} is drained: no call is left on it\n` };
}

async function assertIdle(
  { replicas, clock }: DeploymentController,
  stack: Extract<DeployVerb, { readonly name: "off" }>["stack"],
): Promise<void> {
  const { isDrained, remainders } = await awaitDrained(stack, { quiet: 0, deadline: 0 }, replicas, clock);
  if (!isDrained) {
    throw new GatewayError(
      "DEPLOYMENT_REFUSED",
      `${stack} has calls in flight: ${remainders.map(describe).join("; ")}. Drain it first, or switch it off with --force`,
    );
  }
}

function describe({ url, inFlight, quietFor }: Remainder): string {
  return inFlight === undefined
    ? `${url} does not answer`
    : `${url} has ${inFlight} in flight, quiet for ${(quietFor / 1000).toFixed(1)} s`;
}
