import { resolve } from "node:path";
import type { AdminSettings } from "./admin.ts";
import type { Reader, Rule } from "./reader.ts";
import { command, file, listOf, rule } from "./rules.ts";

/** Where the deployment's state lives, and who has to follow it. */
export interface DeploymentSettings {
  /** The folder of the state, its rollback points, and `routes/routes.json`, which the gateways watch. */
  readonly folder: string;
  /** Envoy's own interface of each gateway that has to use new routes before a change is done. */
  readonly replicas: readonly string[];
  /** A program and its arguments that hand new routes on to gateways elsewhere; nothing: they watch the folder. */
  readonly publish: readonly string[] | undefined;
}

const replica: Rule<string> = rule("an address such as http://127.0.0.1:9901", (value) => {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
  return isPlain ? url.origin : undefined;
});

/** The gateways of a deployment. */
export const replicaList: Rule<readonly string[]> = listOf(replica, { min: 1, max: 200 });

/** Reads `deployment`. Where no replica is named, the gateway of the same configuration is the only one. */
export function readDeployment(reader: Reader, admin: AdminSettings): DeploymentSettings {
  const folder = reader.required("folder", file(reader.folder));
  const replicas = reader.optional("replicas", replicaList);
  if (replicas === undefined && admin.port === 0) {
    reader.refuse("replicas", "it must be a list, since admin.port is 0: nobody can know where to ask Envoy then");
  }
  const own = `http://${admin.host === "::1" ? "[::1]" : admin.host}:${admin.port}`;
  return {
    folder: resolve(folder),
    replicas: replicas ?? [own],
    publish: reader.optional("publish", command),
  };
}
