import type { DeploymentState } from "./deployment-state.ts";

/** A deployment, as far as what watches over it needs it. */
export interface Deployment {
  /** The state at this moment. Rejects with `DEPLOYMENT_BROKEN` where the state file cannot be read. */
  read(): Promise<DeploymentState>;
  /** The recorded state of a version. Rejects with `DEPLOYMENT_REFUSED` where there is none, with `DEPLOYMENT_BROKEN` where it cannot be read. */
  record(version: number): Promise<DeploymentState>;
  /**
   * Leads new work back: calls off what is announced, or else makes the former stack active again, at once and without checks.
   * Resolves with the state that has come of it, which may be the same where nothing was left to do. Rejects with
   * `DEPLOYMENT_REFUSED` where there is nothing to go back to, or where another version holds than the one that is meant.
   */
  rollback(reason: string, ifVersion?: number): Promise<DeploymentState>;
}
