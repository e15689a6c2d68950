import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { IdentifyPlannerResponse_QueueMessage, type QueryEngineService } from "e6data-web/proto";
import type { SignIn } from "../sessions.ts";
import { hasToken, identify, isPasswordGood, noteSignIn } from "./caller.ts";
import { readJsonObject } from "./json-object.ts";
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
      const signIn: SignIn = userNameForImpersonation
        ? { user: userNameForImpersonation, impersonator: user }
        : { user };
      const sessionId = stack.sessions.open(signIn);
      noteSignIn(context, signIn);
      note(context, { session: sessionId });
      return { ...responseFields(stack, sessionId), engineIP: pickPlanner(stack.stack) };
    },
    healthCheck(_request, context) {
      hasToken(context);
      return {};
    },
    identifyPlanner(request, context) {
      const { user, sessionId } = identify(stack, request.sessionId, context);
      const { queryId, elapsedMs, message } = stack.plannerQueue.ask(user, request.existingQuery?.queryId);
      note(context, { query: queryId });
      return {
        existingQuery: { queryId, elapsedTimeMillis: BigInt(Math.round(elapsedMs)) },
        queueMessage: IdentifyPlannerResponse_QueueMessage[message ?? "GO_AHEAD"],
        ...(message === undefined && { plannerIp: pickPlanner(stack.stack) }),
        sessionId,
      };
    },
    setProps: (request, context) => setProps(stack, request, context),
  };
}

/** The most characters of a session's properties together. */
const maxPropsLength = 65_536;

/** The properties are kept with those from before, for all to see; none changes what the mock does. */
function setProps(
  stack: StackContext,
  request: { sessionId: string; props: string },
  context: HandlerContext,
): Record<string, never> {
  const { memory } = identify(stack, request.sessionId, context);
  const props = { ...memory.props, ...readJsonObject("props", request.props, '{"name": "value"}') };
  if (JSON.stringify(props).length > maxPropsLength) {
    const limit = `the properties of a session have at most ${maxPropsLength} characters together`;
    throw new ConnectError(`Too large: ${limit}`, Code.ResourceExhausted);
  }
  memory.props = props;
  return {};
}
