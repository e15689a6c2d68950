import { type AnsweringStacks, smallRequest, webTrailers } from "./answering-stacks.ts";
import { askOnce } from "./ask-once.ts";
import type { LoadOrder } from "./h2load.ts";

/** Who is asked, and in which protocol. */
export interface Road {
  readonly name: string;
  readonly url: string;
  readonly protocol: "gRPC" | "gRPC-Web";
}

/** A shape of load: what is asked for, and how much of it at a time. */
export interface LoadShape extends Pick<LoadOrder, "version" | "calls" | "connections" | "inFlight"> {
  readonly answer: "small" | "large";
}

const headers = {
  gRPC: { "content-type": "application/grpc", te: "trailers" },
  "gRPC-Web": { "content-type": "application/grpc-web+proto", "x-grpc-web": "1", origin: "http://localhost:3000" },
} as const;

/** The load of a shape on a road, as h2load is to make it. */
export function loadOn(road: Road, { answer, ...shape }: LoadShape, stacks: AnsweringStacks): LoadOrder {
  const message = answer === "small" ? stacks.smallBytes : stacks.largeBytes;
  return {
    ...shape,
    url: `${road.url}/QueryEngineService/${answer === "small" ? "status" : "getNextResultBatch"}`,
    headers: { ...headers[road.protocol], strategy: "blue" },
    body: smallRequest,
    answerBytes: message + (road.protocol === "gRPC" ? 0 : webTrailers.length),
  };
}

/**
 * Makes one call of a load and looks at all of its answer: h2load counts bytes alone. Rejects if it is not a message with status 0
 * in the place where the protocol has it.
 */
export async function checkAnswer(
  { url, headers: given, body, answerBytes }: LoadOrder,
  { name, protocol }: Road,
): Promise<void> {
  const { trailers, body: answer } = await askOnce(url, given, body);
  const isGood =
    protocol === "gRPC"
      ? trailers["grpc-status"] === "0"
      : answer.subarray(-webTrailers.length).equals(webTrailers) && trailers["grpc-status"] === undefined;
  if (!isGood || answer.length !== answerBytes || answer[0] !== 0) {
    throw new Error(`${name} answers with ${answer.length} bytes, not with the ${answerBytes} of a good answer`);
  }
}
