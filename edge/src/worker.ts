import { answerQuery } from "./answer-query.ts";

/** What `wrangler.jsonc` and `wrangler secret` set. */
interface Environment {
  readonly E6_GATEWAY_URL: string;
  readonly E6_USER: string;
  /** A secret. */
  readonly E6_TOKEN: string;
  readonly E6_CATALOG?: string;
  readonly E6_SCHEMA?: string;
  readonly E6_CLUSTER?: string;
}

/** The part of Cloudflare's execution context that is used. */
interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void;
}

/** Largest answer that is read, in bytes: an isolate has 128 MB for everything. */
const maxMessageBytes = 16 * 1024 * 1024;

// Cloudflare demands a default export.
export default {
  fetch(request: Request, environment: Environment, context: ExecutionContext): Promise<Response> {
    return answerQuery(request, {
      options: {
        url: environment.E6_GATEWAY_URL,
        user: environment.E6_USER,
        token: environment.E6_TOKEN,
        catalog: environment.E6_CATALOG,
        schema: environment.E6_SCHEMA,
        cluster: environment.E6_CLUSTER,
        maxMessageBytes,
      },
      waitUntil: (work) => context.waitUntil(work),
    });
  },
};
