import type { Settings } from "../options.ts";
import type { Runtime } from "../runtime.ts";
import type { TellDeployment } from "../session/deployment-event.ts";
import type { EngineAccess } from "../session/engine-access.ts";
import type { Pins } from "../session/pins.ts";
import type { StrategyStore } from "../strategy/strategy-store.ts";
import type { EngineCaller } from "../transport/engine-caller.ts";
import type { Route } from "../transport/route.ts";
import type { EngineFeatures } from "./engine-features.ts";
import type { Releases } from "./releases.ts";

/** What the queries of a connection run on. */
export interface QueryContext {
  readonly call: EngineCaller;
  readonly access: EngineAccess;
  readonly releases: Releases;
  readonly store: StrategyStore;
  /** The queries that run. */
  readonly pins: Pins;
  readonly settings: Settings;
  readonly runtime: Runtime;
  /** Tells whoever follows the deployment. */
  readonly tell: TellDeployment;
  /** Aborts when the connection is closed. */
  readonly closing: AbortSignal;
  /** What the engine on a stack can do. */
  readonly features: (route: Route) => EngineFeatures;
}
