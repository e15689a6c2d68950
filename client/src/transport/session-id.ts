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
    // A request that has no place for it is written without.
    const answer = await send({ ...call, message: { ...call.message, sessionId: sent } });
    const received: unknown = Reflect.get(answer.message, "sessionId");
    if (typeof received === "string" && received !== "") {
      session.refresh(sent, received);
    }
    return answer;
  };
}
