import { type Strategy, strategies } from "e6data-web/headers";
import { clusterName } from "../clusters.ts";
import { censusName, virtualHostName } from "../routes.ts";

/** What one gateway counts, by stack. */
export interface Traffic {
  /** Calls that a stack has been given and has not ended: a gauge. */
  readonly inFlight: Readonly<Record<Strategy, number>>;
  /** Calls that were given to a stack: a counter, since the gateway's start. */
  readonly calls: Readonly<Record<Strategy, number>>;
  /** Calls by the stack that their callers are ready to bring new work to: a counter too. Of calls that name no stack, none. */
  readonly ready: Readonly<Record<Strategy, number>>;
}

/** The statistics that {@link readTraffic} reads, as a regular expression over names. */
export const trafficFilter: string = [
  `^cluster\\.(${strategies.map(clusterName).join("|")})\\.upstream_rq_(active|pending_active|total)$`,
  `^vhost\\.${virtualHostName}\\.vcluster\\.(${strategies.map(censusName).join("|")})\\.upstream_rq_total$`,
].join("|");

/** Reads what a gateway counts off its statistics. */
export function readTraffic(stats: ReadonlyMap<string, string>): Traffic {
  const count = (name: string) => Number(stats.get(name) ?? 0);
  return {
    inFlight: eachStack((stack) => {
      const prefix = `cluster.${clusterName(stack)}.upstream_rq`;
      return count(`${prefix}_active`) + count(`${prefix}_pending_active`);
    }),
    calls: eachStack((stack) => count(`cluster.${clusterName(stack)}.upstream_rq_total`)),
    ready: eachStack((stack) => count(`vhost.${virtualHostName}.vcluster.${censusName(stack)}.upstream_rq_total`)),
  };
}

/** How much a counter has grown. One that has become smaller began anew, with its gateway. */
export function growth(before: number, after: number): number {
  return after < before ? after : after - before;
}

function eachStack(read: (stack: Strategy) => number): Readonly<Record<Strategy, number>> {
  return { blue: read("blue"), green: read("green") };
}
