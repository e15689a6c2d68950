/**
 * Bearer tokens by OAuth, for servers and edge functions: a page can keep no secret.
 *
 * @module
 */
export { type ClientCredentials, clientCredentials } from "./oauth/client-credentials.ts";
