import { Code } from "@connectrpc/connect";
import type { Strategy } from "e6data-web/headers";
import { InputError } from "./input-error.ts";

/** What a fault does to a call instead of, or after, answering it. */
export type FaultForm =
  /** A bare HTTP status, as a load balancer gives it. */
  | { readonly kind: "http"; readonly status: number; readonly contentType?: string; readonly body?: string }
  /** A gRPC error of the engine; the call is not processed. */
  | { readonly kind: "grpc"; readonly code: Code; readonly message: string }
  /** A good answer without a session: how a cluster refuses a password. */
  | { readonly kind: "empty-session" }
  /**
   * The caller gets no whole answer: the connection (or only the call's stream) is cut before the call is processed,
   * after that instead of the answer, or in the middle of the answer.
   */
  | { readonly kind: "cut"; readonly what: "connection" | "stream"; readonly when: "before" | "answer" | "mid" };

const text = (status: number, body: string): FaultForm => ({ kind: "http", status, contentType: "text/plain", body });
const html = (status: number, title: string): FaultForm => ({
  kind: "http",
  status,
  contentType: "text/html",
  body: `<html><head><title>${status} ${title}</title></head><body><h1>${status} ${title}</h1></body></html>\n`,
});

/** Each form of error that the protocol knows, by the name that a rule gives. */
export const faultForms = {
  "http-456": { kind: "http", status: 456 },
  "http-456-text": text(456, "strategy mismatch\n"),
  "http-456-html": html(456, "Strategy Mismatch"),
  "http-503": { kind: "http", status: 503 },
  "http-503-text": text(503, "cluster is suspended\n"),
  "http-503-html": html(503, "Service Unavailable"),
  "unknown-456": { kind: "grpc", code: Code.Unknown, message: "status: 456" },
  "invalid-argument-456": { kind: "grpc", code: Code.InvalidArgument, message: "Status: 456, strategy mismatch" },
  "unavailable-503": { kind: "grpc", code: Code.Unavailable, message: "status: 503, cluster is suspended" },
  "access-denied": { kind: "grpc", code: Code.Internal, message: "Access denied" },
  unauthenticated: { kind: "grpc", code: Code.Unauthenticated, message: "The access token has expired" },
  unimplemented: { kind: "grpc", code: Code.Unimplemented, message: "Not implemented by this engine" },
  "empty-session": { kind: "empty-session" },
  "drop-before": { kind: "cut", what: "connection", when: "before" },
  "drop-answer": { kind: "cut", what: "connection", when: "answer" },
  "drop-mid": { kind: "cut", what: "connection", when: "mid" },
  "reset-before": { kind: "cut", what: "stream", when: "before" },
  "reset-answer": { kind: "cut", what: "stream", when: "answer" },
  "reset-mid": { kind: "cut", what: "stream", when: "mid" },
} as const satisfies Record<string, FaultForm>;

/** The name of a form in {@link faultForms}. */
export type FaultFormName = keyof typeof faultForms;

/** A fault to come: which calls it hits, and how. */
export interface FaultRule {
  /** The RPC as the record of calls names it (`prepareStatementV2`, `ClusterService/status`), or `*` for every one. */
  readonly rpc: string;
  /** Only calls to this stack; both by default. */
  readonly stack?: Strategy;
  /** The first call hit, counted from 1 among those that match since the rule was made. 1 by default. */
  readonly nth?: number;
  /** How many calls in a row it hits. 1 by default. */
  readonly times?: number;
  /** Hits each so many-th call from then on, until the faults are cleared. In place of `nth` and `times`. */
  readonly every?: number;
  /** Holds the call for so long before anything else, in milliseconds. 0 by default. */
  readonly delayMs?: number;
  /** What happens to the call; without it the call is only delayed. */
  readonly form?: FaultFormName;
}

/** The faults that are still to come, in the order in which they were made. */
export interface Faults {
  /** Adds rules. An {@link InputError} if one names an unknown RPC, does nothing, or if there are too many. */
  add(rules: readonly FaultRule[]): void;
  /** Counts a call against every rule that it matches; the oldest rule that is due is returned. */
  take(stack: Strategy, rpc: string): FaultRule | undefined;
  /** The rules that are still to come. */
  list(): readonly FaultRule[];
  /** Drops every rule. */
  clear(): void;
}

interface Armed {
  readonly rule: FaultRule;
  seen: number;
}

const lastHit = ({ nth = 1, times = 1, every }: FaultRule): number =>
  every === undefined ? nth + times - 1 : Number.POSITIVE_INFINITY;

const isDue = ({ rule: { nth = 1, every }, seen }: Armed): boolean =>
  every === undefined ? seen >= nth : seen % every === 0;

/** Creates {@link Faults} for the RPCs of these names, at most `maxRules` at a time. */
export function createFaults(rpcs: ReadonlySet<string>, maxRules = 1000): Faults {
  let armed: Armed[] = [];
  const check = (rule: FaultRule): void => {
    if (rule.rpc !== "*" && !rpcs.has(rule.rpc)) {
      throw new InputError(`There is no RPC ${JSON.stringify(rule.rpc)}; name one as GET /calls does, or "*"`);
    }
    if (rule.form === undefined && !rule.delayMs) throw new InputError('A fault needs a "form", a "delayMs", or both');
    if (rule.every !== undefined && (rule.nth ?? rule.times) !== undefined) {
      throw new InputError('A fault has either "every", or "nth" and "times"');
    }
    if (rule.form === "empty-session" && rule.rpc !== "authenticate") {
      throw new InputError('The form "empty-session" is for the RPC "authenticate" only');
    }
  };
  return {
    add(rules) {
      rules.forEach(check);
      if (armed.length + rules.length > maxRules) {
        throw new InputError(`More than ${maxRules} faults: clear those that are not needed any more`);
      }
      armed.push(...rules.map((rule) => ({ rule: { ...rule }, seen: 0 })));
    },
    take(stack, rpc) {
      const matching = armed.filter(
        ({ rule }) => (rule.rpc === "*" || rule.rpc === rpc) && (rule.stack ?? stack) === stack,
      );
      for (const entry of matching) entry.seen += 1;
      const due = matching.find(isDue);
      armed = armed.filter(({ rule, seen }) => seen < lastHit(rule));
      return due?.rule;
    },
    list: () => armed.map(({ rule }) => rule),
    clear() {
      armed = [];
    },
  };
}
