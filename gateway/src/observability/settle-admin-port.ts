import { once } from "node:events";
import { createServer } from "node:net";
import type { GatewaySettings } from "../config/settings.ts";

/**
 * Chooses a port for Envoy's own interface where any would do, if the listener for Prometheus has to know it: its
 * address is written before Envoy runs.
 */
export async function settleAdminPort(settings: GatewaySettings): Promise<GatewaySettings> {
  const { admin, observability } = settings;
  return admin.port !== 0 || observability.metrics === undefined
    ? settings
    : { ...settings, admin: { ...admin, port: await anyFreePort(admin.host) } };
}

async function anyFreePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
