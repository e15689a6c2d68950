import { type GatewayReason, headerReason } from "e6data-web/headers";
import type { PageApi } from "./page-api.ts";

const mismatch: GatewayReason = "STRATEGY_MISMATCH";

let gate: PromiseWithResolvers<void> | undefined;
let refusals = 0;

/** `fetch`, whose answers wait where they are held. */
export const fetchHeld: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (gate === undefined) return response;
  if (response.headers.get(headerReason) === mismatch) refusals++;
  await gate.promise;
  return response;
};

/** See {@link PageApi.holdAnswers}. */
export function holdAnswers(): void {
  releaseAnswers();
  gate = Promise.withResolvers();
}

/** See {@link PageApi.heldRefusals}. */
export function heldRefusals(): number {
  return refusals;
}

/** See {@link PageApi.releaseAnswers}. */
export function releaseAnswers(): void {
  gate?.resolve();
  gate = undefined;
  refusals = 0;
}
