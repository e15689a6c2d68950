import type { Transport } from "@connectrpc/connect";
import type { Settings } from "../options.ts";
import { type Announcement, createAnnouncements } from "./announcements.ts";
import { createAuthorization } from "./authorization.ts";
import type { Route } from "./route.ts";
import { createRouteHeaders } from "./route-headers.ts";
import { sessionId } from "./session-id.ts";
import { createUnaryTransport } from "./unary-transport.ts";

/** The transport to the gateway, with everything that holds for every call. */
export function createGatewayTransport(
  settings: Settings,
  onAnnouncement: (route: Route, announcement: Announcement) => void,
): Transport {
  const { baseUrl, cluster, credentials, traceparent } = settings;
  return createUnaryTransport({
    baseUrl,
    fetch: settings.fetch,
    maxBytes: settings.maxMessageBytes,
    // The first is the outermost: a call repeated with a new token passes the others again.
    interceptors: [
      ...(credentials.kind === "bearer" ? [createAuthorization(credentials.provide)] : []),
      sessionId,
      createRouteHeaders(cluster, traceparent),
      createAnnouncements(onAnnouncement),
    ],
  });
}
