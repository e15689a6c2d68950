import { routeHeaders, type Strategy } from "../headers.ts";
import type { Send } from "./call.ts";

/**
 * Writes the headers that lead a call to its cluster, its stack and its engine, and its trace to where it belongs; on a call to a stack
 * also where `next` new work goes, if that is the other one.
 */
export function withRouteHeaders(
  send: Send,
  cluster: string | undefined,
  ofConnection: string | undefined,
  next?: () => Strategy | undefined,
): Send {
  return (call) => {
    const { strategy, plannerIp, traceparent = ofConnection } = call.route ?? {};
    return send({
      ...call,
      headers: { ...call.headers, ...routeHeaders({ cluster, strategy, plannerIp, traceparent, ready: next?.() }) },
    });
  };
}
