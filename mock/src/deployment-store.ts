import { changeDeployment, type Deployment, type DeploymentEvent, initialDeployment } from "./deployment.ts";
import type { Settings } from "./settings.ts";

/** The deployment's state where it is kept: read it, or let something happen to it. */
export interface DeploymentStore {
  readonly state: Deployment;
  dispatch(event: DeploymentEvent): void;
  /** Back to the state at the start. */
  reset(): void;
}

/** Creates the store of a mock with these settings. */
export function createDeploymentStore({ active, clock }: Settings): DeploymentStore {
  let state = initialDeployment(active);
  return {
    get state() {
      return state;
    },
    dispatch(event) {
      state = changeDeployment(state, event, clock.now());
    },
    reset() {
      state = initialDeployment(active);
    },
  };
}
