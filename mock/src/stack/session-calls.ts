import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { IdentifyPlannerResponse_QueueMessage, type QueryEngineService } from "e6data-web/proto";
import { hasToken, identify, isPasswordGood } from "./caller.ts";
import { pickPlanner } from "./planners.ts";
import { note, responseFields, type StackContext } from "./stack-context.ts";

type SessionCalls = Pick<
  ServiceImpl<typeof QueryEngineService>,
  "authenticate" | "healthCheck" | "identifyPlanner" | "setProps"
>;

/** The calls about a session itself. */
export function createSessionCalls(stack: StackContext): SessionCalls {
  return {
    authenticate(request, context) {
      const { user, password, userNameForImpersonation } = request;
      if (!isPasswordGood(user, password)) return responseFields(stack, "");
      const sessionId = stack.sessions.open(userNameForImpersonation || user);
      note(context, { session: sessionId });
      return { ...responseFields(stack, sessionId), engineIP: pickPlanner(stack.stack) };
    },
    healthCheck(_request, context) {
      hasToken(context);
      return {};
    },
    identifyPlanner(request, context) {
      const { sessionId } = identify(stack, request.sessionId, context);
      const existingQuery = request.existingQuery ?? { queryId: "", elapsedTimeMillis: 0n };
      return {
        existingQuery,
        plannerIp: pickPlanner(stack.stack),
        queueMessage: IdentifyPlannerResponse_QueueMessage.GO_AHEAD,
        sessionId,
      };
    },
    setProps: (request, context) => setProps(stack, request, context),
  };
}

/** The properties are checked and taken; no property changes what the mock does. */
function setProps(
  stack: StackContext,
  request: { sessionId: string; props: string },
  context: HandlerContext,
): Record<string, never> {
  identify(stack, request.sessionId, context);
  if (!isJsonObject(request.props)) {
    throw new ConnectError('"props" is not a JSON object, such as {"name": "value"}', Code.InvalidArgument);
  }
  return {};
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
