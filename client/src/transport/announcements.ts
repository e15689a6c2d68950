import { ConnectError, type Interceptor } from "@connectrpc/connect";
import { headerNewStrategy, parseStrategy, type Strategy } from "../headers.ts";
import { type Route, routeOf } from "./route.ts";

/** What an answer says about a switch to come. */
export interface Announcement {
  /** The stack that new work should go to; nothing if the answer names none. */
  readonly stack: Strategy | undefined;
  /** How it was said: by the gateway's header, or by the engine in its message. */
  readonly by: "header" | "message";
}

/** Reports what each answer, good or bad, announces. A value that is not a stack counts as none. */
export function createAnnouncements(report: (route: Route, announcement: Announcement) => void): Interceptor {
  return (next) => async (request) => {
    const route = routeOf(request.contextValues);
    if (route === undefined) {
      return await next(request);
    }
    try {
      const response = await next(request);
      report(route, readAnnouncement(response.header, response.stream ? undefined : response.message));
      return response;
    } catch (error) {
      const stack = error instanceof ConnectError ? parseStrategy(error.metadata.get(headerNewStrategy)) : undefined;
      // A failure without the header says nothing: it may come from a proxy that knows of no switch.
      if (stack !== undefined) {
        report(route, { stack, by: "header" });
      }
      throw error;
    }
  };
}

function readAnnouncement(headers: Headers, message: object | undefined): Announcement {
  const stack = parseStrategy(headers.get(headerNewStrategy));
  if (stack === undefined && message !== undefined && "newStrategy" in message) {
    const named = typeof message.newStrategy === "string" ? parseStrategy(message.newStrategy) : undefined;
    if (named !== undefined) {
      return { stack: named, by: "message" };
    }
  }
  return { stack, by: "header" };
}
