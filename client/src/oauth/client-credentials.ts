import { type BearerToken, isFresh } from "../transport/bearer-token.ts";
import { askForToken } from "./ask-for-token.ts";
import { readTokenRequest, type TokenRequest } from "./token-request.ts";

/** Options of {@link clientCredentials}. */
export interface ClientCredentials {
  /** The token endpoint of the identity provider, absolute. */
  readonly tokenUrl: string | URL;
  /** What the identity provider knows the program by. */
  readonly clientId: string;
  /** The program's secret. */
  readonly clientSecret: string;
  /** Default: none is asked for. */
  readonly scope?: string | undefined;
  /** Further fields of the request, such as `audience`. Default: none. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Whether id and secret go into the header `authorization` or into the body. Default: `basic`. */
  readonly authentication?: "basic" | "post" | undefined;
  /** Longest time to wait for the identity provider. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Makes the HTTP call. Default: `globalThis.fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * The OAuth grant of client credentials (RFC 6749 §4.4), as the `accessToken` of `connect()`. Give the same function to many
 * connections, and they share one token. It is asked for when there is none, when it is about to run out, and when the engine has
 * refused it; callers who come meanwhile wait for the same answer. For servers and edge functions: a page can keep no secret.
 *
 * ```ts
 * const accessToken = clientCredentials({ tokenUrl, clientId, clientSecret });
 * await using connection = connect({ url, accessToken });
 * ```
 *
 * @throws E6Error `INVALID_OPTION`. The function rejects with `AUTHENTICATION_FAILED`, naming the identity provider's reason.
 */
export function clientCredentials(options: ClientCredentials): (refused?: string) => Promise<BearerToken> {
  return createTokenSource(readTokenRequest(options), () => Date.now());
}

/** The tokens that a request gives, by a given clock: milliseconds since 1970. */
export function createTokenSource(
  request: TokenRequest,
  now: () => number,
): (refused?: string) => Promise<BearerToken> {
  let current: BearerToken | undefined;
  let asking: Promise<BearerToken> | undefined;
  const renew = async () => {
    try {
      current = await askForToken(request, now);
      return current;
    } finally {
      asking = undefined;
    }
  };
  return (refused) => {
    if (current !== undefined && current.token !== refused && isFresh(current, now())) return Promise.resolve(current);
    asking ??= renew();
    return asking;
  };
}
