import { changeDeployment, type Deployment, type DeploymentEvent, initialDeployment } from "./deployment.ts";
import type { Settings } from "./settings.ts";

/** The deployment's state where it is kept: read it, or let something happen to it. */
export interface DeploymentStore {
  readonly state: Deployment;
  dispatch(event: DeploymentEvent): void;
  /** Back to the state at the start. */
  reset(): void;
  /** Calls the listener after each change, until the function that it returns is called. */
  subscribe(listener: () => void): () => void;
}

/** Creates the store of a mock with these settings. */
export function createDeploymentStore({ active, clock }: Settings): DeploymentStore {
  let state = initialDeployment(active);
  const listeners = new Set<() => void>();
  const replace = (next: Deployment): void => {
    state = next;
    for (const listener of listeners) listener();
  };
  return {
    get state() {
      return state;
    },
    dispatch(event) {
      replace(changeDeployment(state, event, clock.now()));
    },
    reset() {
      replace(initialDeployment(active));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
