import type { GatewaySettings } from "../config/settings.ts";
import { anyFreePort } from "../port.ts";

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
