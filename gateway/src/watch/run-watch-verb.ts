import type { GatewaySettings } from "../config/settings.ts";
import { machineClock } from "../deploy/clock.ts";
import type { DeploymentController } from "../deploy/controller.ts";
import { GatewayError } from "../gateway-error.ts";
import { describeEvent } from "./describe-event.ts";
import { HookRunner } from "./hooks/hook-runner.ts";
import { runWatch, type WatchOutcome } from "./run-watch.ts";
import { scrapeGateways } from "./scrape-gateways.ts";
import { DeploymentWatch } from "./watch-deployment.ts";
import type { WatchEvent } from "./watch-event.ts";

/** How `npm run deploy -- watch` was asked for. */
export interface WatchVerbOptions {
  /** Whether events are told as lines of JSON. */
  readonly isJson: boolean;
  readonly isDryRun: boolean;
  /** Whether it goes on with the next phase and the next deployment. */
  readonly isEndless: boolean;
}

/** Milliseconds that hooks may go on after the watch was asked to end. */
const patience = 10_000;

/** Milliseconds for a gateway's numbers, at most. */
const scrapeTimeout = 5000;

/**
 * Watches over a deployment, and writes what happens on standard output, until SIGINT, SIGTERM or SIGHUP. Resolves when the new stack has
 * passed, or when an endless watch was asked to end. Rejects with `STACK_FAILED` (it was taken back, unless this was a dry run),
 * `CHECK_FAILED` (it was not judged in time, or before the end), `DEPLOYMENT_REFUSED` (there is no new stack, or none any more), `DEPLOYMENT_BROKEN` (the
 * state could not be read for as long as a window may last).
 */
export async function runWatchVerb(
  controller: DeploymentController,
  { watch: settings }: GatewaySettings,
  { isJson, isDryRun, isEndless }: WatchVerbOptions,
): Promise<void> {
  const log = (event: WatchEvent, at: string) => {
    process.stdout.write(`${isJson ? JSON.stringify({ at, ...event }) : `${at} ${describeEvent(event)}`}\n`);
  };
  const now = () => new Date().toISOString();
  const clock = machineClock;
  const hooks = new HookRunner({ hooks: settings.hooks, clock, onFailure: (event) => log(event, now()) });
  const gateways = controller.replicas.map(({ url }) => url);
  const watch = new DeploymentWatch({
    settings,
    deployment: controller,
    scrape: () => scrapeGateways(gateways, scrapeTimeout),
    clock,
    isDryRun,
    onEvent: (event) => {
      const at = now();
      log(event, at);
      hooks.tell(event, at);
    },
  });
  const { interval, longestWindow } = settings;
  const outcome = await runWatch(watch, { interval, patience: longestWindow, isEndless, clock, signal: stopRequest() });
  await (outcome === "stopped" ? hooks.settledWithin(patience) : hooks.settled());
  if (outcome !== "stopped" || !isEndless) {
    assertPassed(outcome);
  }
}

function stopRequest(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // Once: whoever asks again means it.
    process.once(signal, () => controller.abort());
  }
  return controller.signal;
}

function assertPassed(outcome: WatchOutcome): void {
  switch (outcome) {
    case "passed":
      return;
    case "stopped":
      throw new GatewayError("CHECK_FAILED", "the watch was asked to end before the new stack could be judged");
    case "rolled-back":
      throw new GatewayError("STACK_FAILED", "the new stack has failed, and was taken back");
    case "failed":
      throw new GatewayError("STACK_FAILED", "the new stack has failed; this was a dry run: roll back");
    case "inconclusive":
      throw new GatewayError(
        "CHECK_FAILED",
        "the new stack could not be judged in time: see for yourself, or watch on",
      );
    case "ended":
      throw new GatewayError(
        "DEPLOYMENT_REFUSED",
        "somebody has changed the deployment: no new stack is left to watch",
      );
    case "nothing":
      throw new GatewayError(
        "DEPLOYMENT_REFUSED",
        "no new stack is there to watch: announce or promote one, or --follow",
      );
  }
}
