import type { Settings } from "../options.ts";
import { type WatchAnnouncements, withAnnouncements } from "./announcements.ts";
import { withAuthorization } from "./authorization.ts";
import type { Send } from "./call.ts";
import { withRouteHeaders } from "./route-headers.ts";
import { withSessionId } from "./session-id.ts";
import { withTimeLimit } from "./time-limit.ts";
import { createUnaryTransport } from "./unary-transport.ts";

/** The transport to the gateway, with everything that holds for every call. */
export function createGatewayTransport(
  { baseUrl, cluster, credentials, traceparent, fetch, maxMessageBytes: maxBytes }: Settings,
  watch: WatchAnnouncements,
): Send {
  const wire = withRouteHeaders(createUnaryTransport({ baseUrl, fetch, maxBytes }), cluster, traceparent);
  const send = withSessionId(withAnnouncements(wire, watch));
  // A call repeated with a new token passes the others again, within the same time.
  return withTimeLimit(credentials.kind === "bearer" ? withAuthorization(send, credentials.provide, Date.now) : send);
}
