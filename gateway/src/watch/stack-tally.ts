import type { CallClass } from "e6data-web/proto";
import type { Histogram } from "./histogram.ts";

/** What one stack did in some time. */
export interface StackTally {
  /** Calls that ended: with the stack's answer, or with the gateway's error because there was none. */
  readonly calls: number;
  /** Of these: refused because the stack is not the active one (456). */
  readonly mismatches: number;
  /** Of these: refused because a cluster is suspended (503). No fault of the stack: the first caller resumes it. */
  readonly suspended: number;
  /** Of these: ended by a fault of the stack. */
  readonly errors: number;
  /** Calls beside these, which the caller or a deadline gave up before there was an answer. */
  readonly abandoned: number;
  /** Milliseconds until good answers began. */
  readonly latency: Readonly<Record<CallClass, Histogram>>;
}
