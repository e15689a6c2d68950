import { type DeploymentState, permissive } from "../src/deploy/deployment-state.ts";
import type { JournalParts } from "../src/deploy/journal.ts";

const at = "2026-01-31T12:00:00.000Z";

/** A journal's parts without any gateway: the routes are the version and the announcement. */
export const testJournalParts: JournalParts = {
  first: () => ({ version: 1, ...permissive("blue"), change: { verb: "begin", at } }),
  render: ({ version, announced: stack }) => `${version} ${stack ?? "none"}`,
  handOn: () => Promise.resolve(),
};

/** Announces green, unless it is announced. */
export function announced(state: DeploymentState): DeploymentState | undefined {
  return state.announced === undefined ? next(state, "green") : undefined;
}

/** Announces green, or calls that off. */
export function toggled(state: DeploymentState): DeploymentState {
  return next(state, state.announced === undefined ? "green" : undefined);
}

function next(state: DeploymentState, stack: "green" | undefined): DeploymentState {
  return { version: state.version + 1, ...permissive("blue", stack), change: { verb: "announce", at } };
}
