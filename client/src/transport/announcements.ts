import { headerNewStrategy, parseStrategy, type Strategy } from "../headers.ts";
import type { Answer, Send } from "./call.ts";
import { GrpcError } from "./grpc-status.ts";
import type { Route } from "./route.ts";

/** What an answer says about a switch to come. */
export interface Announcement {
  /** The stack that new work should go to; nothing if the answer names none. */
  readonly stack: Strategy | undefined;
  /** How it was said: by the gateway's header, or by the engine in its message. */
  readonly by: "header" | "message";
}

/**
 * Is called when a call leaves: so it knows the view that the call was sent under, which is all that its answer is news for. It
 * answers who is to be told what the call's answer announces.
 */
export type WatchAnnouncements = (route: Route) => (announcement: Announcement) => void;

/** Reports what each answer, good or bad, announces. A value that is not a stack counts as none. */
export function withAnnouncements(send: Send, watch: WatchAnnouncements): Send {
  return async (call) => {
    const { route } = call;
    if (route === undefined) {
      return await send(call);
    }
    const report = watch(route);
    try {
      const answer = await send(call);
      report(readAnnouncement(answer));
      return answer;
    } catch (error) {
      const stack = error instanceof GrpcError ? parseStrategy(error.headers.get(headerNewStrategy)) : undefined;
      // A failure without the header says nothing: it may come from a proxy that knows of no switch.
      if (stack !== undefined) {
        report({ stack, by: "header" });
      }
      throw error;
    }
  };
}

function readAnnouncement({ headers, message }: Answer<object>): Announcement {
  const stack = parseStrategy(headers.get(headerNewStrategy));
  const named: unknown = stack ?? Reflect.get(message, "newStrategy");
  const said = stack === undefined && typeof named === "string" ? parseStrategy(named) : undefined;
  return said === undefined ? { stack, by: "header" } : { stack: said, by: "message" };
}
