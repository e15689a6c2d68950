import type { Interceptor } from "@connectrpc/connect";
import { routeOf } from "./route.ts";

/**
 * Sends the id of the route's session with every request that has a place for it, and takes a refreshed id from the
 * answer.
 */
export const sessionId: Interceptor = (next) => async (request) => {
  const session = routeOf(request.contextValues)?.session;
  if (session === undefined || request.stream) {
    return await next(request);
  }
  const sent = session.id;
  if ("sessionId" in request.message) {
    request.message.sessionId = sent;
  }
  const response = await next(request);
  if (!response.stream && "sessionId" in response.message) {
    const received = response.message.sessionId;
    if (typeof received === "string" && received !== "") {
      session.refresh(sent, received);
    }
  }
  return response;
};
