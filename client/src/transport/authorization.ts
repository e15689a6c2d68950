import { E6Error, isE6Error } from "../error.ts";
import { headerAuthorization } from "../headers.ts";
import { type BearerToken, isFresh, type TokenProvider } from "./bearer-token.ts";
import type { Send } from "./call.ts";
import * as grpcCode from "./grpc-code.ts";
import { GrpcError } from "./grpc-status.ts";

/** Calls that change something each time they are made: refused or not, they are never made twice on their own. */
const onceOnly: ReadonlySet<string> = new Set([
  "executeStatement",
  "executeStatementV2",
  "getNextResultBatch",
  "getNextResultBatchV2",
]);

/**
 * Sends `authorization: Bearer …` with every call. The provider is asked once, again a minute before the token runs out where
 * its end is known, and when the engine says that it has run out; a call that is safe to repeat is then repeated once.
 */
export function withAuthorization(send: Send, provide: TokenProvider, now: () => number): Send {
  const token = createTokenCache(provide, now);
  return async (call) => {
    const sendWith = (bearer: string) =>
      send({ ...call, headers: { ...call.headers, [headerAuthorization]: `Bearer ${bearer}` } });
    const sent = await token.read();
    try {
      return await sendWith(sent);
    } catch (error) {
      if (!(error instanceof GrpcError && error.code === grpcCode.unauthenticated)) {
        throw error;
      }
      token.drop(sent);
      if (onceOnly.has(call.method.name)) {
        throw error;
      }
      const fresh = await token.read();
      if (fresh === sent) {
        throw error;
      }
      return await sendWith(fresh);
    }
  };
}

/** Keeps the provider's last token; callers who come while it is being asked wait for the same answer. */
function createTokenCache(provide: TokenProvider, now: () => number) {
  let current: BearerToken | undefined;
  let refused: string | undefined;
  let asking: Promise<string> | undefined;
  const ask = async () => {
    try {
      current = await provide(refused);
      refused = undefined;
      return current.token;
    } catch (error) {
      // It was asked ahead of time: the token at hand is good for a while, and the provider may be back by then.
      if (current !== undefined && now() < (current.expiresAt ?? 0)) return current.token;
      throw isE6Error(error)
        ? error
        : new E6Error("AUTHENTICATION_FAILED", 'the function passed as "accessToken" gave no token', { cause: error });
    } finally {
      asking = undefined;
    }
  };
  return {
    read(): Promise<string> {
      if (current !== undefined && isFresh(current, now())) return Promise.resolve(current.token);
      asking ??= ask();
      return asking;
    },
    /** Forgets a token that was refused, unless another has come meanwhile. The provider gets to know which one it was. */
    drop(token: string): void {
      if (current?.token !== token) return;
      refused = token;
      current = undefined;
    },
  };
}
