import type { Strategy } from "e6data-web/headers";
import type { CallClass } from "e6data-web/proto";
import type { FaultRule } from "./faults.ts";

/** How a call ended, or `pending` while it has not. */
export type CallOutcome =
  /** Answered by gRPC: `OK`, `INVALID_ARGUMENT`, … */
  | { readonly kind: "grpc"; readonly status: string }
  /** Answered with a bare HTTP status, before any gRPC. */
  | { readonly kind: "http"; readonly status: number }
  /** A fault cut it: the caller has no whole answer. */
  | { readonly kind: "cut" }
  /** The caller left before the answer, or the stack went down. */
  | { readonly kind: "left" }
  | { readonly kind: "pending" };

/** One call as a stack saw it. No credentials: of the authorization only whether there was one. */
export interface CallRecord {
  /** Counts from 1 over both stacks, and goes on counting when the list is cleared. */
  readonly number: number;
  /** When it arrived, in milliseconds since the epoch. */
  readonly time: number;
  readonly stack: Strategy;
  /** The engine's RPCs by their names, those of the cluster service as `ClusterService/resume`; else the path asked for. */
  readonly rpc: string;
  /** New work, the continuing of a query, or a call of the cluster service; absent for an unknown path. */
  readonly class?: CallClass | "cluster";
  /** The `strategy` header as it came. */
  readonly strategy?: string;
  /** The `plannerip` header as it came. */
  readonly plannerIp?: string;
  /** The `cluster-name` header as it came. */
  readonly clusterName?: string;
  /** The `traceparent` header as it came. */
  readonly traceParent?: string;
  readonly authorization: "present" | "absent";
  /** The session that the call named or, for a sign-in, got. */
  readonly session?: string;
  /** That session whatever its id: stays the same when the id is refreshed. Absent where nobody was identified. */
  readonly sessionKey?: string;
  /** The user that the call acted as; of a call with a token `token`. Absent where nobody was identified. */
  readonly user?: string;
  /** Who signed in, where the call acted as another user. */
  readonly impersonator?: string;
  /** The query that the call named or, for a prepare, got. */
  readonly query?: string;
  /** The fault that hit it. */
  readonly fault?: Pick<FaultRule, "delayMs" | "form">;
  readonly outcome: CallOutcome;
}

/** A {@link CallRecord} while its call is running. */
export type OpenCall = { -readonly [K in keyof CallRecord]: CallRecord[K] };

/** The record of what the stacks were asked: a ring, the oldest calls fall out. */
export interface CallLog {
  /** Notes a call that has just arrived. */
  open(arrival: Omit<CallRecord, "number" | "outcome">): OpenCall;
  /** Notes that a call has ended: whoever watches is told of it. */
  close(call: OpenCall): void;
  /** Calls the listener with each call that ends, until the function that it returns is called. */
  watch(listener: (call: CallRecord) => void): () => void;
  /** The calls with a number greater than `after`, oldest first, as they stand now. */
  after(number?: number): readonly CallRecord[];
  /** Forgets all calls; numbers go on. */
  clear(): void;
}

/** Creates a {@link CallLog} that keeps the last `size` calls. */
export function createCallLog(size: number): CallLog {
  let calls: OpenCall[] = [];
  let count = 0;
  const listeners = new Set<(call: CallRecord) => void>();
  return {
    open(arrival) {
      count += 1;
      const call: OpenCall = { number: count, ...arrival, outcome: { kind: "pending" } };
      calls.push(call);
      // Shifting one by one would cost the whole ring on each call.
      if (calls.length >= size * 2) calls = calls.slice(-size);
      return call;
    },
    close(call) {
      for (const listener of listeners) listener({ ...call });
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    after: (number = 0) =>
      calls
        .slice(-size)
        .filter((call) => call.number > number)
        .map((call) => ({ ...call })),
    clear() {
      calls = [];
    },
  };
}
