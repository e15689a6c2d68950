import type { Strategy } from "e6data-web/headers";

/** Calls to one stack that all ended alike. */
export interface Calls {
  readonly stack: Strategy;
  readonly count: number;
  /** Default `answered`. */
  readonly outcome?: "answered" | "failed" | "abandoned";
  /** Default 200; 0 where none came. */
  readonly http?: number;
  /** Default 0; none is empty. */
  readonly grpc?: number | "";
  /** Milliseconds that each took; default 10. */
  readonly ms?: number;
  /** Default one of new work. */
  readonly method?: string;
}

const bounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, Number.POSITIVE_INFINITY];

/** What Envoy would show of some calls, had there been only these since its start. The last label keeps the lines apart. */
export function exposition(...all: readonly Calls[]): string {
  return all.map(linesOf).join("\n");
}

function linesOf(
  { stack, count, http = 200, grpc = 0, outcome = "answered", ms = 10, method = newWork }: Calls,
  index: number,
): string {
  const call = `strategy="${stack}",method="${method}"`;
  const buckets = grpc === 0 ? bounds : [];
  return [
    `envoy_e6_calls{${call},grpc_status="${grpc}",http_status="${http}",outcome="${outcome}",test="${index}"} ${count}`,
    ...buckets.map((bound) => {
      const le = Number.isFinite(bound) ? bound : "+Inf";
      return `envoy_e6_call_ms_bucket{${call},test="${index}",le="${le}"} ${ms <= bound ? count : 0}`;
    }),
  ].join("\n");
}

const newWork = "/QueryEngineService/prepareStatementV2";
