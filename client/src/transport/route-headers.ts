import type { Interceptor } from "@connectrpc/connect";
import { headerClusterName, headerPlannerIp, headerStrategy, headerTraceParent } from "../headers.ts";
import { routeOf } from "./route.ts";

/** Writes the headers that lead a call to its cluster, its stack and its engine, and its trace to where it belongs. */
export function createRouteHeaders(cluster: string | undefined, traceparent: string | undefined): Interceptor {
  return (next) => (request) => {
    const route = routeOf(request.contextValues);
    setHeader(request.header, headerClusterName, cluster);
    setHeader(request.header, headerStrategy, route?.strategy);
    setHeader(request.header, headerPlannerIp, route?.plannerIp);
    setHeader(request.header, headerTraceParent, route?.traceparent ?? traceparent);
    return next(request);
  };
}

function setHeader(headers: Headers, name: string, value: string | undefined): void {
  if (value !== undefined && value !== "") {
    headers.set(name, value);
  }
}
