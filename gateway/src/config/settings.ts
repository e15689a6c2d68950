import { type AdminSettings, readAdmin } from "./admin.ts";
import { type DeploymentSettings, readDeployment } from "./deployment.ts";
import { type JwtSettings, readJwt } from "./jwt.ts";
import { type LimitSettings, readLimits } from "./limits.ts";
import { type ListenerSettings, readListener } from "./listener.ts";
import { type ObservabilitySettings, readObservability } from "./observability.ts";
import { type RateLimitSettings, readRateLimits } from "./rate-limits.ts";
import { type Reader, readObject, type Source } from "./reader.ts";
import { integer } from "./rules.ts";
import { readStacks, type StacksSettings } from "./stacks.ts";
import { readTimeouts, type TimeoutSettings } from "./timeouts.ts";
import { readWatch, type WatchSettings } from "./watch.ts";

/** All that a gateway is rendered from, checked, with every default filled in. */
export interface GatewaySettings {
  readonly stacks: StacksSettings;
  readonly listener: ListenerSettings;
  readonly admin: AdminSettings;
  readonly limits: LimitSettings;
  readonly timeouts: TimeoutSettings;
  readonly rateLimits: RateLimitSettings;
  /** Nothing: tokens are for the engine alone to judge. */
  readonly jwt: JwtSettings | undefined;
  readonly observability: ObservabilitySettings;
  /** Nothing: the gateway's state lives in the program that started it. */
  readonly deployment: DeploymentSettings | undefined;
  readonly watch: WatchSettings;
  /** Envoy's worker threads. */
  readonly concurrency: number;
}

/** Envoy's worker threads. */
export const concurrency = integer(1, 64);

/** Reads what a configuration file holds. Throws `INVALID_OPTION` for the first value that is wrong. */
export function readSettings(config: unknown, source: Omit<Source, "path">): GatewaySettings {
  return readObject(config, { ...source, path: "" }, (reader) => {
    const admin = reader.section("admin", readAdmin);
    const settings: GatewaySettings = {
      stacks: reader.section("stacks", readStacks),
      listener: reader.section("listener", readListener),
      admin,
      ...readTuning(reader),
      deployment: reader.optionalSection("deployment", (inner) => readDeployment(inner, admin)),
      concurrency: reader.get("concurrency", concurrency, 2),
    };
    refuseSharedPorts(reader, settings);
    return settings;
  });
}

/** What has a default for everything: how a gateway works, not what it leads to. */
type Tuning = Pick<GatewaySettings, "limits" | "timeouts" | "rateLimits" | "jwt" | "observability" | "watch">;

function readTuning(reader: Reader): Tuning {
  return {
    limits: reader.section("limits", readLimits),
    timeouts: reader.section("timeouts", readTimeouts),
    rateLimits: reader.section("rateLimits", readRateLimits),
    jwt: reader.optionalSection("jwt", readJwt),
    observability: reader.section("observability", readObservability),
    watch: reader.section("watch", readWatch),
  };
}

/** How a gateway works of which nothing is said. */
export const defaultTuning: Tuning = readObject({}, { path: "", folder: "/" }, readTuning);

/** Envoy itself would start, and tell later that an address is taken: by itself. */
function refuseSharedPorts(reader: Reader, { listener, admin, observability: { metrics } }: GatewaySettings): void {
  const taken = [
    ["listener", listener],
    ["admin", admin],
    ...(metrics === undefined ? [] : [["observability", metrics] as const]),
  ] as const;
  for (const [index, [section, { port }]] of taken.entries()) {
    const other = taken.slice(0, index).find(([, { port: used }]) => used === port && port !== 0);
    if (other !== undefined) {
      reader.refuse(section, `its port, ${port}, is that of ${other[0]} too: choose another`);
    }
  }
}
