import { connect, isE6Error } from "e6data-web";
import type { ClientEnd, Order } from "./cause.ts";
import { changeHeaders } from "./web-call.ts";

/** What this repository's client makes of an answer, as data. */
export interface ClientAnswer {
  readonly code: ClientEnd | "none of the client's";
  readonly reason: string | undefined;
}

/** A connection of the client, on which one call is made as ordered. */
export interface OpenClient {
  run(order: Order): Promise<ClientAnswer>;
  close(): Promise<void>;
}

/**
 * Opens a connection that tries nothing a second time, and signs in, with `signInHeaders` beside its own; resolves also where it cannot,
 * for then the call tells. Whatever is ordered holds for the one call alone.
 */
export async function openClient(
  url: string,
  signInHeaders: Readonly<Record<string, string>>,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<OpenClient> {
  let ordered: Order = {};
  const connection = connect({
    url,
    user: "ada@example.com",
    token: "any-token",
    recoveryTimeoutMs: 0,
    autoResume: false,
    store: "memory",
    fetch: (input, init) => {
      const address = String(input);
      const order: Order = address.endsWith("/analyzeQuery") ? ordered : { headers: signInHeaders };
      const headers = new Headers(init?.headers);
      changeHeaders(headers, order);
      return fetch(order.path === undefined ? address : url + order.path, { ...init, headers });
    },
  });
  await connection.ping().catch(() => undefined);
  return {
    async run(order) {
      ordered = order;
      try {
        await connection.analyzeQuery("q".repeat(Math.max(1, order.messageBytes ?? 0)));
        return { code: "no error", reason: undefined };
      } catch (thrown) {
        if (!isE6Error(thrown)) return { code: "none of the client's", reason: String(thrown) };
        return { code: thrown.code, reason: thrown.reason };
      }
    },
    close: () => connection.close(),
  };
}
