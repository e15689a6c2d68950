import { E6Error, isE6Error } from "../error.ts";
import * as engine from "../gen/e6x_engine_tables.ts";
import type { Credentials } from "../options.ts";
import type { CallOptions, EngineCaller } from "../transport/engine-caller.ts";
import type { Route } from "../transport/route.ts";
import { StackSession } from "./stack-session.ts";

/** Signs in on the stack of a route. Rejects with an `E6Error`; a stack that does not accept work answers 456. */
export type SignIn = (route: Route, signal: AbortSignal) => Promise<StackSession>;

/** As whom somebody works who signs in by user and token. */
export interface Impersonation {
  /** The user whose rights count. Default: the one who signs in. */
  readonly impersonate?: string | undefined;
  /** The claim by which the engine finds that user. Default: the engine's. */
  readonly customIdentityClaim?: string | undefined;
}

const signInTimeoutMs = 30_000;

/** Signs in the way that the connection's credentials ask for. */
export function createSignIn(
  call: EngineCaller,
  credentials: Credentials,
  { impersonate, customIdentityClaim }: Impersonation = {},
): SignIn {
  return async (route, signal) => {
    const options: CallOptions = { route, signal, timeoutMs: signInTimeoutMs };
    if (credentials.kind === "bearer") {
      // There is nothing to sign in to: a stack accepts once an engine has answered.
      await checkHealth(call, options);
      return new StackSession(route.strategy, "");
    }
    const { user, token } = credentials;
    const request = {
      user,
      password: token,
      userNameForImpersonation: impersonate,
      customIdentityClaim,
    };
    const { sessionId, engineIP } = await call(engine.authenticate, request, options);
    if (sessionId === "") {
      throw new E6Error("AUTHENTICATION_FAILED", "user or token is wrong", {
        strategy: route.strategy,
        hint: 'check "user" and "token"',
      });
    }
    return new StackSession(route.strategy, sessionId, engineIP);
  };
}

/** Resolves once an engine has answered at all. */
export async function checkHealth(call: EngineCaller, options: CallOptions): Promise<void> {
  try {
    await call(engine.healthCheck, {}, options);
  } catch (error) {
    // An engine without this call says so: it has answered.
    if (!isE6Error(error) || error.code !== "UNSUPPORTED") {
      throw error;
    }
  }
}
