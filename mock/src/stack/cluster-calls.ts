import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import type { ClusterService } from "e6data-web/proto";
import { type ClusterStatus, clusterStatus, type DeploymentEvent } from "../deployment.ts";
import { hasToken, isPasswordGood } from "./caller.ts";
import type { StackContext } from "./stack-context.ts";

/** The cluster service: it answers on both stacks, whatever state they are in. */
export function createClusterCalls(stack: StackContext): ServiceImpl<typeof ClusterService> {
  const answer = (
    request: Credentials,
    context: HandlerContext,
    event?: DeploymentEvent,
  ): { status: ClusterStatus } => {
    checkCredentials(request, context);
    if (event) stack.deployment.dispatch(event);
    return { status: clusterStatus(stack.deployment.state, stack.settings.clock.now()) };
  };
  return {
    status: (request, context) => answer(request, context),
    resume: (request, context) => answer(request, context, { type: "resume" }),
    suspend: (request, context) =>
      answer(request, context, { type: "suspend", resumeMs: stack.settings.resumeMs, resumeFails: false }),
  };
}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

function checkCredentials({ user, password }: Credentials, context: HandlerContext): void {
  if (hasToken(context) || isPasswordGood(user, password)) return;
  throw new ConnectError("The user or the password is wrong", Code.Unauthenticated);
}
