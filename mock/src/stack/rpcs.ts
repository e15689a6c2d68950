import type { DescMethod } from "@bufbuild/protobuf";
import { type CallClass, ClusterService, callClass, QueryEngineService } from "e6data-web/proto";

/** One RPC of a stack. */
export interface Rpc {
  /** The engine's by its own name, the cluster service's as `ClusterService/resume` (both have a `status`). */
  readonly name: string;
  readonly method: DescMethod;
  readonly class: CallClass | "cluster";
}

const engineRpcs = QueryEngineService.methods.map(
  (method): Rpc => ({
    name: method.name,
    method,
    class: callClass(method),
  }),
);
const clusterRpcs = ClusterService.methods.map(
  (method): Rpc => ({
    name: `${ClusterService.typeName}/${method.name}`,
    method,
    class: "cluster",
  }),
);

/** Every RPC by the path of its HTTP/2 request. */
export const rpcByPath: ReadonlyMap<string, Rpc> = new Map(
  [...engineRpcs, ...clusterRpcs].map((rpc) => [`/${rpc.method.parent.typeName}/${rpc.method.name}`, rpc]),
);

/** The names of all RPCs. */
export const rpcNames: ReadonlySet<string> = new Set([...rpcByPath.values()].map((rpc) => rpc.name));
