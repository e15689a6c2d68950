import { type DescMessage, type DescMethod, type DescMethodUnary, fromBinary } from "@bufbuild/protobuf";
import type { Random } from "../fuzz/random.ts";
import { ClusterService } from "../src/gen/cluster_pb.ts";
import { QueryEngineService } from "../src/gen/e6x_engine_pb.ts";
import type { ArrivedCall, CallMessage, Deployment, Handled } from "./deployment.ts";
import type { Latency } from "./latency.ts";
import type { Owner, Scheduler } from "./scheduler.ts";
import { gatewayReply, toResponse } from "./wire-answer.ts";

/** What can happen to a call on its way. */
export const mishaps = ["unreachable", "lost", "cut", "reset", "overloaded", "slow", "late"] as const;

/** One of {@link mishaps}. */
export type Mishap = (typeof mishaps)[number];

/** A call that is on its way, as those see it who watch a history. */
export interface SentCall {
  readonly tab: Owner;
  readonly rpc: string;
  readonly strategy: string | undefined;
  readonly message: ArrivedCall["message"];
  readonly mishap: Mishap | undefined;
  readonly sentAt: number;
}

/** Watches the calls of a history. */
export interface CallWatch {
  /** A call leaves: what is to happen to it on its way. */
  sends(call: Omit<SentCall, "mishap" | "sentAt">): Mishap | undefined;
  arrived(call: SentCall, handled: Handled): void;
  /** The answer has come to the tab; nothing where it was lost. */
  answered(call: SentCall, handled: Handled | undefined): void;
}

const methods = new Map(
  [QueryEngineService, ClusterService].flatMap(({ typeName, methods: all }) =>
    all.filter(isUnary).map((method) => [`${typeName}/${method.name}`, method]),
  ),
);
/** How much longer a slow request or a late answer takes, in milliseconds. */
const slowMs = 20_000;

/** The network as a history has it. */
export interface Network {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly latency: Latency;
  readonly deployment: Deployment;
  readonly watch: CallWatch;
  readonly isBearer: boolean;
  /** Whose steps no tab holds up: what is on its way. */
  readonly world: Owner;
}

/** A tab's `fetch`: a step takes the request to the gateway, another one the answer back. */
export function createFetch(network: Network, tab: Owner): typeof globalThis.fetch {
  const { scheduler, random, latency, deployment, watch, isBearer, world } = network;
  return (input, init = {}) => {
    const { method, call: arriving } = readCall(String(input), init, isBearer);
    const sent = { tab, rpc: method.name, strategy: arriving.strategy, message: arriving.message };
    const mishap = watch.sends(sent);
    const call: SentCall = { ...sent, mishap, sentAt: scheduler.now };
    return new Promise((resolve, reject) => {
      const { signal } = init;
      let takeBack: () => void = () => undefined;
      let hasArrived = false;
      let isGone = false;
      const settle = (handled: Handled | undefined, then: () => void) => {
        signal?.removeEventListener("abort", leave);
        watch.answered(call, handled);
        then();
      };
      const later = (owner: Owner, what: string, delayMs: number, run: () => void) => {
        takeBack = scheduler.add(owner, `${tab.name} ${method.name} ${what}`, delayMs, run);
      };
      const fail = () => settle(undefined, () => reject(new TypeError("fetch failed")));
      const leave = () => {
        isGone = true;
        // What has left may still arrive; what comes back finds nobody.
        if (hasArrived || mishap === "unreachable" || random.chance(0.5)) takeBack();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      if (mishap === "unreachable") return later(tab, "is not sent", latency(), fail);
      later(world, "arrives", latency() + (mishap === "slow" ? random.below(slowMs) : 0), () => {
        hasArrived = true;
        const handled = handle(deployment, arriving, mishap);
        watch.arrived(call, handled);
        if (isGone) return;
        const delayMs = latency() + (mishap === "late" ? random.below(slowMs) : 0);
        if (mishap === "lost") return later(tab, "is lost", delayMs, fail);
        const isCut = mishap === "cut" && "message" in handled.reply;
        later(tab, "is answered", delayMs, () =>
          settle(isCut ? undefined : handled, () => resolve(toResponse(method, handled.reply, handled.headers, isCut))),
        );
      });
    });
  };
}

function handle(deployment: Deployment, call: ArrivedCall, mishap: Mishap | undefined): Handled {
  if (mishap === "overloaded")
    return { ...refused(deployment, call), reply: gatewayReply("OVERLOADED", deployment.active, true) };
  const handled = deployment.handle(call);
  return mishap === "reset" ? { ...handled, reply: gatewayReply("UPSTREAM_RESET", deployment.active, false) } : handled;
}

function refused(deployment: Deployment, call: ArrivedCall): Handled {
  return {
    stack: deployment.active,
    reply: { message: {} },
    headers: {},
    isNew: call.message.queryId === undefined,
    query: undefined,
  };
}

function readCall(url: string, init: RequestInit, isBearer: boolean) {
  const name = url.split("/").slice(-2).join("/");
  const method = methods.get(name);
  if (method === undefined) throw new Error(`no call ${name}`);
  const { body, headers = {} } = init;
  // The client's are plain, and in the case of their names.
  const header = (key: string): unknown => Reflect.get(headers, key);
  if (!(body instanceof Uint8Array)) throw new Error(`the body of ${name} is no bytes`);
  const call: ArrivedCall = {
    method,
    strategy: textOf(header("strategy")),
    plannerIp: textOf(header("plannerip")),
    isBearer,
    // The fields that are looked at are those of the schema, where a request has them.
    message: fromBinary<DescMessage>(method.input, body.subarray(5)) as CallMessage,
  };
  return { method, call };
}

/** All calls of the schema are unary. */
function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === "unary";
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
