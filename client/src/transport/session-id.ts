import type { Send } from "./call.ts";

/**
 * Sends the id of the route's session with every request that has a place for it, and takes a refreshed id from the
 * answer.
 */
export function withSessionId(send: Send): Send {
  return async (call) => {
    const session = call.route?.session;
    if (session === undefined) {
      return await send(call);
    }
    const sent = session.id;
    const hasPlace = call.method.input.some(([, name]) => name === "sessionId");
    const answer = await send(hasPlace ? { ...call, message: { ...call.message, sessionId: sent } } : call);
    const received: unknown = Reflect.get(answer.message, "sessionId");
    if (typeof received === "string" && received !== "") {
      session.refresh(sent, received);
    }
    return answer;
  };
}
