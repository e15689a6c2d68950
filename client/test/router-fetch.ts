import { type ConnectRouter, createConnectRouter } from "@connectrpc/connect";
import { createFetchHandler } from "@connectrpc/connect/protocol";
import type { Init, Method } from "../src/protobuf/schema.ts";
import type { Call } from "../src/transport/call.ts";

/** A `fetch` that leads to a server of Connect's, which speaks gRPC-Web: no byte of it is made by the code under test. */
export function routerFetch(routes: (router: ConnectRouter) => void): typeof globalThis.fetch {
  const router = createConnectRouter({ connect: false, grpc: false });
  routes(router);
  return async (input, init) => {
    const request = new Request(input, init);
    const handler = router.handlers.find(({ requestPath }) => request.url.endsWith(requestPath));
    return handler === undefined ? new Response(null, { status: 404 }) : await createFetchHandler(handler)(request);
  };
}

/** A call without a route, unless `more` says where it goes. */
export function callOf<I extends object, O extends object>(
  method: Method<I, O>,
  message: Init<I>,
  more: Partial<Call<I, O>> = {},
): Call<I, O> {
  const signal = new AbortController().signal;
  return { method, message, headers: {}, route: undefined, signal, timeoutMs: undefined, ...more };
}
