import { join } from "node:path";

/** The files of a deployment, all in one folder. */
export interface DeploymentFiles {
  readonly folder: string;
  /** The state that holds. */
  readonly state: string;
  /** There while a change is made. */
  readonly lock: string;
  /** One file for each state that ever held: the rollback points. */
  readonly history: string;
  /** The folder that the gateways watch; nothing but the routes lies in it. */
  readonly routesDir: string;
  readonly routes: string;
  /** Files that are not finished yet: on the same file system, and of no meaning to anybody. */
  readonly unfinished: string;
}

/** The files of the deployment in a folder. */
export function deploymentFiles(folder: string): DeploymentFiles {
  const routesDir = join(folder, "routes");
  return {
    folder,
    state: join(folder, "state.json"),
    lock: join(folder, "lock"),
    history: join(folder, "history"),
    routesDir,
    routes: join(routesDir, "routes.json"),
    unfinished: join(folder, "unfinished"),
  };
}

/** The file of one state in the history. Names are in the order of versions. */
export function recordPath({ history }: DeploymentFiles, version: number): string {
  return join(history, `${String(version).padStart(8, "0")}.json`);
}

/** The version that a file of the history is named for; nothing for a file of somebody else. */
export function recordVersion(name: string): number | undefined {
  const digits = /^(\d{8,15})\.json$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
