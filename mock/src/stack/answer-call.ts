import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { isMessage, type Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  headerAuthorization,
  headerClusterName,
  headerPlannerIp,
  headerStrategy,
  headerTraceParent,
} from "e6data-web/headers";
import { type GetNextResultBatchRequest, GetNextResultBatchRequestSchema } from "e6data-web/proto";
import type { CallLog, CallOutcome, OpenCall } from "../calls.ts";
import { refusal } from "../deployment.ts";
import { type FaultForm, type FaultRule, type Faults, faultForms } from "../faults.ts";
import {
  type Answer,
  bareAnswer,
  grpcAnswer,
  grpcError,
  grpcStatusName,
  sendAnswer,
  sendHalfAnswer,
} from "./answer.ts";
import { toConnectError } from "./connect-error.ts";
import { createFetchContext, type WholeRequest } from "./engine-rpcs.ts";
import { fetchBatches, fetchVersions } from "./fetch-batches.ts";
import { headerText, readBody, readMessage, textField } from "./request.ts";
import { type Rpc, rpcByPath } from "./rpcs.ts";
import type { StackContext } from "./stack-context.ts";

/** What answers the calls of a stack. */
export interface CallDesk {
  readonly stack: StackContext;
  readonly faults: Faults;
  readonly calls: CallLog;
  /** Answers an RPC by the gRPC library. */
  readonly engineRpcs: (request: WholeRequest) => Promise<Answer>;
}

/** A call that has reached the socket of a stack. */
export interface IncomingCall {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  /** Cuts the connection on which the call came. */
  readonly drop: () => void;
}

/**
 * Answers one call, in the order of a real deployment: whatever lies on the way (faults), the load balancer's
 * manners, then the engine. Never rejects.
 */
export async function answerCall(desk: CallDesk, incoming: IncomingCall): Promise<void> {
  const { stream, headers } = incoming;
  const left = new AbortController();
  stream.once("close", () => left.abort(new ConnectError("The caller has left", Code.Canceled)));
  const rpc = rpcByPath.get(path(headers));
  const call = desk.calls.open(arrival(desk, headers, rpc));
  try {
    const body = await readBody(stream, desk.stack.settings.maxRequestBytes);
    const message = rpc && body !== "too-large" ? readMessage(rpc, body) : undefined;
    if (message) noteNames(call, message);
    await answerArrived(desk, { ...incoming, rpc, body, message, signal: left.signal, call });
  } catch (reason) {
    await answerFailed(incoming, call, reason);
  } finally {
    desk.calls.close(call);
  }
}

/** The caller has left; or the mock itself has failed, which the caller is told. */
async function answerFailed({ stream }: IncomingCall, call: OpenCall, reason: unknown): Promise<void> {
  if (stream.destroyed || stream.closed) {
    call.outcome = { kind: "left" };
  } else if (stream.headersSent) {
    call.outcome = { kind: "cut" };
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  } else {
    const answer = grpcError(toConnectError(reason));
    call.outcome = outcome(answer);
    await sendAnswer(stream, answer);
  }
}

interface Arrived extends IncomingCall {
  readonly rpc: Rpc | undefined;
  readonly body: Uint8Array | "too-large";
  readonly message: Message | undefined;
  readonly signal: AbortSignal;
  readonly call: OpenCall;
}

async function answerArrived(desk: CallDesk, arrived: Arrived): Promise<void> {
  const { stack } = desk;
  const { call, rpc, stream } = arrived;
  const fault = desk.faults.take(stack.stack, call.rpc);
  if (fault) call.fault = noted(fault);
  if (fault?.delayMs) await delay(stack, fault.delayMs, arrived.signal);
  const form: FaultForm | undefined = fault?.form && faultForms[fault.form];
  if (form?.kind === "cut" && form.when === "before") return cut(arrived, form);
  const early = faultAnswer(form) ?? mannersAnswer(stack, arrived) ?? limitsAnswer(stack, arrived);
  const send = (answer: Answer): Promise<void> => deliver(arrived, answer, form);
  if (early) return send(early);
  if (rpc === undefined || arrived.body === "too-large") return undefined;
  const request: WholeRequest = { ...arrived, rpc, body: arrived.body };
  const version = fetchVersions.get(call.rpc);
  if (version === undefined || !isFetch(arrived.message)) return send(await desk.engineRpcs(request));
  const context = createFetchContext(request);
  try {
    await fetchBatches(stack, version, arrived.message, context, send);
  } catch (reason) {
    if (stream.headersSent) throw reason;
    await send(grpcError(toConnectError(reason)));
  } finally {
    context.abort();
  }
}

function noted({ delayMs, form }: FaultRule): NonNullable<OpenCall["fault"]> {
  return { ...(delayMs !== undefined && { delayMs }), ...(form !== undefined && { form }) };
}

function isFetch(message: Message | undefined): message is GetNextResultBatchRequest {
  return isMessage(message, GetNextResultBatchRequestSchema);
}

/** Sends an answer, or does with it what a fault asks for, and notes how the call ended. */
async function deliver(arrived: Arrived, answer: Answer, form: FaultForm | undefined): Promise<void> {
  const { stream, call } = arrived;
  if (stream.destroyed || stream.closed) {
    call.outcome = { kind: "left" };
    return;
  }
  if (form?.kind === "cut") {
    if (form.when === "mid") await sendHalfAnswer(stream, answer, () => cut(arrived, form));
    else cut(arrived, form);
    return;
  }
  // Noted before it is sent: whoever has the answer finds it in the record.
  call.outcome = outcome(answer);
  if (!(await sendAnswer(stream, answer))) call.outcome = { kind: "left" };
}

function outcome(answer: Answer): CallOutcome {
  const isGrpc = answer.trailers !== undefined || answer.headers["grpc-status"] !== undefined;
  if (isGrpc) return { kind: "grpc", status: grpcStatusName(answer) };
  return { kind: "http", status: Number(answer.headers[":status"]) };
}

function cut({ stream, call, drop }: Arrived, { what }: FaultForm & { kind: "cut" }): void {
  call.outcome = { kind: "cut" };
  if (what === "stream") stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else drop();
}

function faultAnswer(form: FaultForm | undefined): Answer | undefined {
  switch (form?.kind) {
    case "http":
      return bareAnswer(form.status, form.contentType, form.body);
    case "grpc":
      return grpcError(new ConnectError(form.message, form.code));
    case "empty-session":
      return grpcAnswer([]);
    default:
      return undefined;
  }
}

function mannersAnswer({ stack, deployment, settings }: StackContext, { rpc, call }: Arrived): Answer | undefined {
  const arrivalAt = { stack, class: rpc?.class ?? "new", strategy: call.strategy };
  const status = refusal(deployment.state, arrivalAt, settings.clock.now());
  return status === undefined ? undefined : bareAnswer(status);
}

function limitsAnswer({ settings }: StackContext, { rpc, body, headers }: Arrived): Answer | undefined {
  const isGrpc = headerText(headers, "content-type")?.startsWith("application/grpc") ?? false;
  if (rpc === undefined) {
    return isGrpc ? grpcError(new ConnectError("There is no such RPC", Code.Unimplemented)) : bareAnswer(404);
  }
  if (body !== "too-large") return undefined;
  const limit = `a request has at most ${settings.maxRequestBytes} bytes`;
  return isGrpc ? grpcError(new ConnectError(`Too large: ${limit}`, Code.ResourceExhausted)) : bareAnswer(413);
}

function arrival(desk: CallDesk, headers: IncomingHttpHeaders, rpc: Rpc | undefined): Parameters<CallLog["open"]>[0] {
  const strategy = short(headerText(headers, headerStrategy));
  const plannerIp = short(headerText(headers, headerPlannerIp));
  const clusterName = short(headerText(headers, headerClusterName));
  const traceParent = short(headerText(headers, headerTraceParent));
  return {
    time: desk.stack.settings.clock.now(),
    stack: desk.stack.stack,
    rpc: rpc?.name ?? path(headers).slice(0, maxNoted),
    authorization: headers[headerAuthorization] === undefined ? "absent" : "present",
    ...(rpc && { class: rpc.class }),
    ...(strategy !== undefined && { strategy }),
    ...(plannerIp !== undefined && { plannerIp }),
    ...(clusterName !== undefined && { clusterName }),
    ...(traceParent !== undefined && { traceParent }),
  };
}

/** The record is kept in memory: a caller's text of any length is not. */
const maxNoted = 200;

function short(text: string | undefined): string | undefined {
  return text?.slice(0, maxNoted);
}

function noteNames(call: OpenCall, message: Message): void {
  const session = short(textField(message, "sessionId"));
  const query = short(textField(message, "queryId"));
  if (session !== undefined) call.session = session;
  if (query !== undefined) call.query = query;
}

function path(headers: IncomingHttpHeaders): string {
  return (headers[":path"] ?? "").split("?", 1)[0] ?? "";
}

function delay({ settings }: StackContext, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const callOff = settings.clock.after(ms, resolve);
    signal.addEventListener("abort", () => {
      callOff();
      reject(signal.reason);
    });
  });
}
