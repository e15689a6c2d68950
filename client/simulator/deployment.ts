import type { DescMethodUnary } from "@bufbuild/protobuf";
import type { Random } from "../fuzz/random.ts";
import { callClass } from "../src/call-class.ts";
import { headerNewStrategy, parseStrategy, type Strategy, strategies } from "../src/headers.ts";
import { otherStack } from "../src/strategy/candidates.ts";
import {
  type Accepts,
  accessDenied,
  type EngineQuery,
  type EngineSession,
  EngineStack,
  noQuery,
  takeBatch,
  unknownCall,
} from "./engine-stack.ts";
import type { Result } from "./results.ts";
import { gatewayReply, type Reply } from "./wire-answer.ts";

/** What changes in the deployment: in its engines, or in the gateway before them. */
export type DeploymentChange =
  /** From now on this stack is meant to do new work, and does it. */
  | { readonly type: "activate"; readonly stack: Strategy }
  | { readonly type: "accept"; readonly stack: Strategy; readonly what: Accepts }
  /** Whether a stack goes on with what it has begun. */
  | { readonly type: "continue"; readonly stack: Strategy; readonly isContinuing: boolean }
  /** The engines announce a stack in their messages, or none. */
  | { readonly type: "say"; readonly stack: Strategy | undefined }
  /** The gateway names a stack on every answer of the other one, or none. */
  | { readonly type: "name"; readonly stack: Strategy | undefined }
  /** Where the gateway leads a call that names no stack. */
  | { readonly type: "lead"; readonly stack: Strategy }
  | { readonly type: "restart"; readonly stack: Strategy }
  | { readonly type: "down"; readonly stack: Strategy; readonly isDown: boolean }
  | { readonly type: "expire"; readonly stack: Strategy }
  | { readonly type: "renew"; readonly stack: Strategy }
  | { readonly type: "suspend" };

/** A call as it reaches the gateway. */
export interface ArrivedCall {
  readonly method: DescMethodUnary;
  readonly strategy: string | undefined;
  readonly plannerIp: string | undefined;
  readonly isBearer: boolean;
  readonly message: CallMessage;
}

/** The fields of requests that anybody looks at here. */
export interface CallMessage {
  readonly sessionId?: string;
  readonly queryId?: string;
  readonly queryString?: string;
}

/** What a call led to. */
export interface Handled {
  readonly stack: Strategy;
  readonly reply: Reply;
  readonly headers: Readonly<Record<string, string>>;
  /** What new work a stack has done or refused; nothing for a call about a query. */
  readonly isNew: boolean;
  readonly query: EngineQuery | undefined;
}

/** A statement as the engines find it. */
export interface KnownStatement {
  readonly number: number;
  readonly result: Result;
}

/** Is told what the engines do. */
export interface EngineWatch {
  /** A call came about a query, wherever that lives. */
  continued(query: EngineQuery, stack: Strategy, call: ArrivedCall, session: EngineSession | undefined): void;
  prepared(query: EngineQuery): void;
  executed(query: EngineQuery): void;
}

/** Two stacks, and the gateway before them. */
export class Deployment {
  /** The stack that is meant to do new work. */
  active: Strategy = "blue";
  isSuspended = false;
  /** When the cluster was resumed: it takes a while. */
  #resumedAt: number | undefined;
  #said: Strategy | undefined;
  #named: Strategy | undefined;
  #led: Strategy = "blue";
  readonly #stacks: Readonly<Record<Strategy, EngineStack>>;
  readonly #knowsManyBatches: boolean;
  readonly #statements: (text: string) => KnownStatement;
  readonly #watch: EngineWatch;
  readonly #now: () => number;

  constructor(
    random: Random,
    knowsManyBatches: boolean,
    statements: (text: string) => KnownStatement,
    watch: EngineWatch,
    now: () => number,
  ) {
    this.#stacks = { blue: new EngineStack("blue", random), green: new EngineStack("green", random) };
    this.#stacks.blue.accepts = "all";
    this.#knowsManyBatches = knowsManyBatches;
    this.#statements = statements;
    this.#watch = watch;
    this.#now = now;
  }

  /** A stack, to look at. */
  at(stack: Strategy): EngineStack {
    return this.#stacks[stack];
  }

  /** True if some stack takes all new work at this moment. */
  get isOpen(): boolean {
    return !this.isSuspended && strategies.some((name) => this.at(name).accepts === "all" && !this.at(name).isDown);
  }

  apply(change: DeploymentChange): void {
    switch (change.type) {
      case "activate":
        this.active = change.stack;
        Object.assign(this.at(change.stack), { accepts: "all", isContinuing: true });
        break;
      case "accept":
        // The active one does its work, whatever was planned before it became that.
        if (change.stack !== this.active) this.at(change.stack).accepts = change.what;
        break;
      case "continue":
        if (change.stack !== this.active) this.at(change.stack).isContinuing = change.isContinuing;
        break;
      case "say":
        this.#said = change.stack;
        break;
      case "name":
        this.#named = change.stack;
        break;
      case "lead":
        this.#led = change.stack;
        break;
      case "restart":
        this.at(change.stack).restart();
        break;
      case "down":
        this.at(change.stack).isDown = change.isDown;
        break;
      case "expire":
        this.at(change.stack).expire();
        break;
      case "renew":
        this.at(change.stack).renewIds(this.#now());
        break;
      case "suspend":
        this.isSuspended = true;
        this.#resumedAt = undefined;
        break;
    }
  }

  /** Answers a call the moment that it arrives. */
  handle(call: ArrivedCall): Handled {
    const stack = this.at(parseStrategy(call.strategy) ?? this.#led);
    const headers =
      this.#named !== undefined && this.#named !== stack.name ? { [headerNewStrategy]: this.#named } : undefined;
    const isNew = callClass(call.method) === "new";
    const query = this.#queryOf(call);
    const session = stack.find(call.message.sessionId ?? "", this.#now());
    if (query !== undefined) this.#watch.continued(query, stack.name, call, session);
    const reply =
      call.method.parent.name === "ClusterService"
        ? this.#ofCluster(call.method.name)
        : (this.#refusal(stack, isNew, call) ?? this.#answer(stack, call, session, query));
    return { stack: stack.name, reply, headers: headers ?? {}, isNew, query };
  }

  #queryOf({ message }: ArrivedCall): EngineQuery | undefined {
    const id = message.queryId ?? "";
    return this.at("blue").queries.get(id) ?? this.at("green").queries.get(id);
  }

  #ofCluster(name: string): Reply {
    const now = this.#now();
    if (name === "resume") this.#resumedAt ??= now;
    if (this.#resumedAt !== undefined && now - this.#resumedAt > 7_000) this.isSuspended = false;
    const status = this.isSuspended ? (this.#resumedAt === undefined ? "suspended" : "resuming") : "active";
    return { message: { status } };
  }

  #refusal(stack: EngineStack, isNew: boolean, { method }: ArrivedCall): Reply | undefined {
    if (this.isSuspended) return gatewayReply("CLUSTER_SUSPENDED", this.#led, true);
    if (stack.isDown) return gatewayReply("NO_HEALTHY_UPSTREAM", this.#led, true);
    const isSignIn = method.name === "authenticate" || method.name === "healthCheck";
    const takes = isNew ? stack.accepts === "all" || (isSignIn && stack.accepts === "sign-ins") : stack.isContinuing;
    return takes ? undefined : gatewayReply("STRATEGY_MISMATCH", this.#led, true);
  }

  #answer(
    stack: EngineStack,
    call: ArrivedCall,
    session: EngineSession | undefined,
    query: EngineQuery | undefined,
  ): Reply {
    const { method, message, isBearer } = call;
    const said = this.#messageOf(stack.name);
    if (method.name === "authenticate") return { message: { sessionId: stack.signIn().id, ...said } };
    if (method.name === "healthCheck") return { message: {} };
    if (!isBearer && session === undefined) return accessDenied;
    const known = { ...said, ...(session !== undefined && { sessionId: session.current }) };
    if (method.name === "prepareStatement") {
      const { number, result } = this.#statements(message.queryString ?? "");
      const prepared = stack.prepare(number, result, session);
      this.#watch.prepared(prepared);
      return { message: { ...known, queryId: prepared.id, engineIP: prepared.plannerIp } };
    }
    if (method.name === "getTables") return { message: { ...known, tables: ["t"] } };
    return query === undefined || query.stack !== stack.name || query.isCleared
      ? noQuery
      : this.#continue(method.name, query, known);
  }

  #continue(rpc: string, query: EngineQuery, known: object): Reply {
    switch (rpc) {
      case "executeStatement":
        this.#watch.executed(query);
        return { message: known };
      case "getResultMetadata":
        return { message: { ...known, resultMetaData: query.result.metadata } };
      case "getNextResultBatch":
        return { message: { ...known, resultBatch: takeBatch(query) } };
      case "getNextResultBatchV2": {
        if (!this.#knowsManyBatches) return unknownCall;
        const batches = [takeBatch(query), takeBatch(query)].filter(({ length }) => length > 0);
        return { message: { ...known, resultBatches: batches, endOfStream: batches.length < 2 } };
      }
      case "clear":
        query.isCleared = true;
        return { message: known };
      case "cancelQuery":
        return { message: known };
      default:
        return unknownCall;
    }
  }

  /** What the engines of a stack say in their messages: one that is on its way out leads away from itself. */
  #messageOf(stack: Strategy): { readonly newStrategy?: Strategy } {
    if (this.#named !== undefined && this.#said === undefined) return {};
    if (this.#said === undefined) return stack === this.active ? {} : { newStrategy: otherStack(stack) };
    return { newStrategy: this.#said };
  }
}
