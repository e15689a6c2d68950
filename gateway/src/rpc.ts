import { type CallClass, ClusterService, callClass, QueryEngineService } from "e6data-web/proto";

/** One RPC that the gateway lets through. */
export interface Rpc {
  /** The exact HTTP path: `/<service>/<method>`. */
  readonly path: string;
  readonly callClass: CallClass;
}

/** Every RPC of both services, read off the schema, in its order: the gateway's allow-list. */
export const rpcs: readonly Rpc[] = [QueryEngineService, ClusterService].flatMap((service) =>
  service.methods.map((method) => ({
    path: `/${service.typeName}/${method.name}`,
    callClass: callClass(method),
  })),
);

/** Whether an RPC is the engine's; else it is the cluster's, which puts it to sleep and wakes it up. */
export function isEngineCall({ path }: Rpc): boolean {
  return path.startsWith(`/${QueryEngineService.typeName}/`);
}
