import type { HandlerContext } from "@connectrpc/connect";
import { Code, ConnectError } from "@connectrpc/connect";
import { headerAuthorization } from "e6data-web/headers";
import type { SessionMemory, SignIn } from "../sessions.ts";
import { accessDenied } from "./connect-error.ts";
import { note, type StackContext } from "./stack-context.ts";

/** Who calls. */
export interface Caller {
  readonly user: string;
  /** The session's key; `undefined` for a caller with a token, who has no session. */
  readonly session: string | undefined;
  /** What the response says in `sessionId`: the session's id as it is from now on; empty for a token. */
  readonly sessionId: string;
  /** What the session remembers. */
  readonly memory: SessionMemory;
}

/** The password that is refused. */
export const wrongPassword = "wrong";
/** The token that has run out. */
export const expiredToken = "expired";

/** All tokens belong to one user: the mock cannot look into them. */
const tokenUser = "token";

/** Who calls, by token or by session; an error if neither holds. */
export function identify(stack: StackContext, sessionId: string, context: HandlerContext): Caller {
  if (hasToken(context)) {
    note(context, { user: tokenUser });
    return { user: tokenUser, session: undefined, sessionId: "", memory: stack.sessions.tokenMemory };
  }
  const session = sessionId === "" ? undefined : stack.sessions.use(sessionId);
  if (!session) throw accessDenied();
  noteSignIn(context, session);
  note(context, { sessionKey: session.key });
  return { user: `user ${session.user}`, session: session.key, sessionId: session.id, memory: session.memory };
}

/** Records as whom a call acts. */
export function noteSignIn(context: HandlerContext, { user, impersonator }: SignIn): void {
  note(context, { user: noted(user), ...(impersonator !== undefined && { impersonator: noted(impersonator) }) });
}

/** The record is kept in memory: a name of any length is not. */
function noted(name: string): string {
  return name.slice(0, 200);
}

/** Whether the call bears a token; an error if it bears one that does not hold. */
export function hasToken(context: HandlerContext): boolean {
  const value = context.requestHeader.get(headerAuthorization);
  if (value === null) return false;
  const token = /^Bearer +(\S+)$/i.exec(value.trim())?.[1];
  if (token === undefined) {
    throw new ConnectError(`"${headerAuthorization}" is not of the form "Bearer <token>"`, Code.Unauthenticated);
  }
  if (token === expiredToken) throw new ConnectError("The access token has expired", Code.Unauthenticated);
  return true;
}

/** Whether a user and password hold. */
export function isPasswordGood(user: string, password: string): boolean {
  return user !== "" && password !== "" && password !== wrongPassword;
}
