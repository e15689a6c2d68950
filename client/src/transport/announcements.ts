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

/** Reports what each answer, good or bad, announces. A value that is not a stack counts as none. */
export function withAnnouncements(send: Send, report: (route: Route, announcement: Announcement) => void): Send {
  return async (call) => {
    const { route } = call;
    if (route === undefined) {
      return await send(call);
    }
    try {
      const answer = await send(call);
      report(route, readAnnouncement(answer));
      return answer;
    } catch (error) {
      const stack = error instanceof GrpcError ? parseStrategy(error.headers.get(headerNewStrategy)) : undefined;
      // A failure without the header says nothing: it may come from a proxy that knows of no switch.
      if (stack !== undefined) {
        report(route, { stack, by: "header" });
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
