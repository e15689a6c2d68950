import type { Strategy } from "../headers.ts";
import type { Settings } from "../options.ts";
import { type WatchAnnouncements, withAnnouncements } from "./announcements.ts";
import { withAuthorization } from "./authorization.ts";
import type { Send } from "./call.ts";
import { withRouteHeaders } from "./route-headers.ts";
import { withSessionId } from "./session-id.ts";
import { withTimeLimit } from "./time-limit.ts";
import { createUnaryTransport } from "./unary-transport.ts";

/** The transport to the gateway, with everything that holds for every call. `next` is the stack that new work goes to. */
export function createGatewayTransport(
  { baseUrl, cluster, credentials, traceparent, fetch, maxMessageBytes: maxBytes }: Settings,
  watch: WatchAnnouncements,
  next?: () => Strategy | undefined,
): Send {
  const wire = withRouteHeaders(createUnaryTransport({ baseUrl, fetch, maxBytes }), cluster, traceparent, next);
  const send = withSessionId(withAnnouncements(wire, watch));
  // A call repeated with a new token passes the others again, within the same time.
  return withTimeLimit(credentials.kind === "bearer" ? withAuthorization(send, credentials.provide, Date.now) : send);
}
