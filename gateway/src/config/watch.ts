import type { CallClass } from "e6data-web/proto";
import { type HookSettings, readHooks } from "./hooks.ts";
import type { Reader } from "./reader.ts";
import { command, duration, integer, listOf, number, oneOf } from "./rules.ts";

/** The names of gRPC's statuses; a name's place is its number. */
export const grpcStatuses = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

/** One of {@link grpcStatuses}. */
export type GrpcStatus = (typeof grpcStatuses)[number];

/** What a stack is judged by. A latency is that of one class of call: `new` work, or calls that `continue` a query. */
export const checkNames = [
  "errorRate",
  "mismatchRate",
  "abandonedRate",
  "p50.new",
  "p99.new",
  "p50.continue",
  "p99.continue",
] as const;

/** One of {@link checkNames}. */
export type CheckName = (typeof checkNames)[number];

/** A check of a share of calls. */
export type RateCheck = "errorRate" | "mismatchRate" | "abandonedRate";

/** A quantile of latency that can be judged. */
export type Quantile = "p50" | "p99";

/** A check of how long calls take. */
export type LatencyCheck = `${Quantile}.${CallClass}`;

/** How large a share of calls may be, from 0 to 1. */
export interface RateLimitation {
  readonly max: number;
  /** Where the former stack is no better, the limit is its own share and this on top. */
  readonly overBaseline: number;
}

/** How long calls may take. */
export interface LatencyLimitation {
  /** How many times as long as on the former stack. */
  readonly times: number;
  /** Milliseconds below which nothing is too long. */
  readonly atLeast: number;
  /** Milliseconds above which everything is too long; nothing: only the former stack is the measure. */
  readonly max: number | undefined;
}

/** A program that has to succeed before a stack is promoted: a few queries of one's own, say. */
export interface Gate {
  /** It and its arguments; no shell reads them. */
  readonly command: readonly string[];
  /** Where it runs. */
  readonly folder: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** When a new stack is taken back, and who is told. Durations are in milliseconds. */
export interface WatchSettings {
  /** Between two looks at the gateways and the deployment. */
  readonly interval: number;
  /** Of a window, which is judged as a whole. */
  readonly window: number;
  /** How long a window may wait for enough calls. */
  readonly longestWindow: number;
  /** After which a phase that has neither passed nor failed is called inconclusive. */
  readonly deadline: number;
  /** Calls without which nothing is judged. */
  readonly minRequests: number;
  /** The new stack is taken back once `count` of the last `of` windows with a verdict have failed. */
  readonly failures: { readonly count: number; readonly of: number };
  /** It has passed once so many windows have passed since the last that failed. */
  readonly passes: number;
  /** The share of a limit that must be left free for a window to pass: between, it neither passes nor fails. */
  readonly margin: number;
  readonly checks: readonly CheckName[];
  /** The gRPC statuses that are the stack's own fault. */
  readonly errorStatuses: readonly GrpcStatus[];
  readonly rates: Readonly<Record<RateCheck, RateLimitation>>;
  readonly latency: Readonly<Record<Quantile, LatencyLimitation>>;
  /** Nothing: a promotion waits for no program. */
  readonly gate: Gate | undefined;
  readonly hooks: readonly HookSettings[];
}

/** Statuses that a caller cannot bring about by what it asks: those of a bad statement or a wrong password are not among them. */
const faultsOfStacks: readonly GrpcStatus[] = [
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
];

/** Reads `watch`. */
export function readWatch(reader: Reader): WatchSettings {
  const settings: WatchSettings = {
    ...readTimes(reader),
    minRequests: reader.get("minRequests", integer(1, 1_000_000), 50),
    failures: reader.section("failures", readFailures),
    passes: reader.get("passes", integer(1, 1000), 5),
    margin: reader.get("margin", number(0, 0.9), 0.2),
    checks: reader.get("checks", listOf(oneOf(checkNames), { min: 1, max: checkNames.length }), [...checkNames]),
    errorStatuses: reader.get(
      "errorStatuses",
      listOf(oneOf(grpcStatuses), { min: 0, max: grpcStatuses.length }),
      faultsOfStacks,
    ),
    rates: {
      errorRate: reader.section("errorRate", (inner) => readRate(inner, 0.05)),
      mismatchRate: reader.section("mismatchRate", (inner) => readRate(inner, 0.05)),
      abandonedRate: reader.section("abandonedRate", (inner) => readRate(inner, 0.5)),
    },
    latency: {
      p50: reader.section("p50", (inner) => readLatency(inner, "50ms")),
      p99: reader.section("p99", (inner) => readLatency(inner, "250ms")),
    },
    gate: reader.optionalSection("gate", readGate),
    hooks: readHooks(reader),
  };
  refuseContradictions(reader, settings);
  return settings;
}

function readTimes(reader: Reader): Pick<WatchSettings, "interval" | "window" | "longestWindow" | "deadline"> {
  return {
    interval: reader.get("interval", duration("10ms", "1h"), "5s"),
    window: reader.get("window", duration("10ms", "24h"), "30s"),
    longestWindow: reader.get("longestWindow", duration("10ms", "24h"), "5m"),
    deadline: reader.get("deadline", duration("10ms", "168h"), "30m"),
  };
}

function readGate(reader: Reader): Gate {
  return {
    command: reader.required("command", command),
    folder: reader.folder,
    timeout: reader.get("timeout", duration("10ms", "1h"), "2m"),
  };
}

function readFailures(reader: Reader): WatchSettings["failures"] {
  return { count: reader.get("count", integer(1, 100), 2), of: reader.get("of", integer(1, 100), 3) };
}

function readRate(reader: Reader, max: number): RateLimitation {
  return {
    max: reader.get("max", number(0, 1), max),
    overBaseline: reader.get("overBaseline", number(0, 1), 0.05),
  };
}

function readLatency(reader: Reader, atLeast: string): LatencyLimitation {
  const settings: LatencyLimitation = {
    times: reader.get("times", number(1, 1000), 3),
    atLeast: reader.get("atLeast", duration("1ms", "1h"), atLeast),
    max: reader.optional("max", duration("1ms", "1h")),
  };
  if (settings.max !== undefined && settings.max < settings.atLeast) {
    reader.refuse("max", "must not be less than atLeast, below which nothing is too long");
  }
  return settings;
}

function refuseContradictions(
  reader: Reader,
  { interval, window, longestWindow, deadline, failures, passes }: WatchSettings,
) {
  if (interval > window) {
    reader.refuse("window", `set it to ${interval}ms or more, which is interval: a window ends with a look`);
  }
  if (window > longestWindow) {
    reader.refuse("longestWindow", `set it to ${window}ms or more, which is window`);
  }
  if (longestWindow > deadline) {
    reader.refuse(
      "deadline",
      `set it to ${longestWindow}ms or more, which is longestWindow: one window may last so long`,
    );
  }
  if (passes * window > deadline) {
    reader.refuse("deadline", `set it to ${passes * window}ms or more: ${passes} windows have to pass within it`);
  }
  if (failures.count > failures.of) {
    reader.refuse(
      "failures",
      `set its of to ${failures.count} or more, which is count: fewer windows cannot hold so many`,
    );
  }
}
