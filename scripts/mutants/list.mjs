import { queryMutants } from "./query.mjs";
import { recoveryMutants } from "./recovery.mjs";
import { sessionMutants } from "./session.mjs";
import { storeMutants } from "./store.mjs";
import { strategyMutants } from "./strategy.mjs";
import { transportMutants } from "./transport.mjs";

/** Every breakage there is. */
export const mutants = [
  ...strategyMutants,
  ...sessionMutants,
  ...recoveryMutants,
  ...queryMutants,
  ...storeMutants,
  ...transportMutants,
];
