import type { DeploymentSettings } from "../config/deployment.ts";
import type { GatewaySettings } from "../config/settings.ts";
import { routeContent } from "../route-update.ts";
import type { RunFiles } from "../run-files.ts";
import { DeploymentController } from "./controller.ts";
import { deploymentFiles } from "./deployment-files.ts";
import type { DeploymentState } from "./deployment-state.ts";

/** The controller of a deployment, for what these settings render. */
export function controllerOf(
  settings: GatewaySettings,
  deployment: DeploymentSettings,
  confirmWithin?: number,
): DeploymentController {
  return new DeploymentController({
    settings: deployment,
    render: (situation) => routeContent(settings, situation),
    confirmWithin,
  });
}

/** What a gateway finds that follows a deployment. */
export interface Joined {
  readonly state: DeploymentState;
  /** Where its Envoy finds its routes. */
  readonly files: Pick<RunFiles, "routes" | "routesDir">;
}

/** Has the routes of a deployment in their place, as these settings render them; begins the deployment where there is none. */
export async function joinDeployment(settings: GatewaySettings, deployment: DeploymentSettings): Promise<Joined> {
  const { state } = await controllerOf(settings, deployment).begin();
  const { routes, routesDir } = deploymentFiles(deployment.folder);
  return { state, files: { routes, routesDir } };
}
