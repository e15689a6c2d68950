import { loopbackGatewayUrl } from "./gateway-address.ts";

/** What the page's server tells the page before it starts, as `/config.json`. */
export interface RuntimeConfig {
  /** The gateway that the connect form offers. */
  readonly gatewayUrl: string;
  /** The only origins that the page's security policy lets it call; absent: any. */
  readonly connectOrigins?: readonly string[];
}

/** Used where no `/config.json` is served, such as a plain file server. */
export const fallbackConfig: RuntimeConfig = { gatewayUrl: loopbackGatewayUrl };

/** Fetches `/config.json`. Never rejects: what is missing or malformed is {@link fallbackConfig}. */
export async function loadRuntimeConfig(fetchConfig: () => Promise<Response>): Promise<RuntimeConfig> {
  try {
    const response = await fetchConfig();
    return response.ok ? parseRuntimeConfig(await response.json()) : fallbackConfig;
  } catch {
    // The form lets the user type the address: a page without its configuration is still of use.
    return fallbackConfig;
  }
}

/** Reads the parsed JSON of `/config.json`; a field of another type than expected is as if absent. */
export function parseRuntimeConfig(json: unknown): RuntimeConfig {
  if (typeof json !== "object" || json === null) return fallbackConfig;
  // Any object can be read so: each field is checked before it is used.
  const { gatewayUrl, connectOrigins } = json as Partial<Record<keyof RuntimeConfig, unknown>>;
  return {
    gatewayUrl: typeof gatewayUrl === "string" ? gatewayUrl : fallbackConfig.gatewayUrl,
    ...(isStrings(connectOrigins) ? { connectOrigins } : {}),
  };
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}
